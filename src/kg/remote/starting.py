"""A relay as the settings want it, if they want one."""

from __future__ import annotations

from kg import __version__
from kg.errors import SettingError
from kg.remote.relay import Relay
from kg.services import is_loopback, services
from kg.settings import Settings


def start(settings: Settings, *, served: bool) -> Relay | None:
    """A relay to the services that may be asked, None if none may; ``served`` is True if a server asks them for others.

    Raises SettingError if nobody has said whom the services can ask about the requests, or if strangers would have
    them asked without this being wanted.
    """
    if not settings.services:
        return None
    found = services(settings.services)
    if not (settings.contact or all(one.is_local for one in found.values())):
        raise SettingError(
            "Other services want to know whom to ask about requests (KG_SERVICES is set, KG_CONTACT is not).",
            remedy="Set KG_CONTACT to an address of mail or of a page.",
        )
    if served and not settings.services_for_all and _is_public(settings):
        raise SettingError(
            "Others reach this server, and would have it ask other services (KG_SERVICES).",
            remedy="Leave it out, or say that this is wanted with KG_SERVICES_FOR_ALL=true.",
        )
    return Relay(found, f"coalition-kg/{__version__} ({settings.contact or 'local'}) SERVICE")


def _is_public(settings: Settings) -> bool:
    """True if others than those at this machine reach the server, as far as its settings tell."""
    proxied = settings.hosts or settings.trusted_proxies or settings.path_prefix
    return bool(proxied) or not is_loopback(settings.host)
