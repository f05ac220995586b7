"""``kg serve``: the graph over HTTP, as a SPARQL endpoint, as pages and as RDF."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from kg.cli.shell import Progress, settings
from kg.engine import current
from kg.errors import SettingError, SnapshotError
from kg.settings import SETTINGS, Settings
from kg.workers import Pool
from kg.workers.starting import start

if TYPE_CHECKING:
    from kg.remote.relay import Relay
    from kg.web.connections import Server

#: What to ask where the repository has no query of its own to offer.
_TO_TRY = "SELECT ?type (COUNT(*) AS ?n) WHERE { ?s a ?type } GROUP BY ?type ORDER BY DESC(?n) LIMIT 10"
_BACKLOG = 128


#: Settings that the server has nothing to do with, or that are options of ``kg`` itself.
_ELSEWHERE = (
    "repository", "state", "keep", "check_deadline", "check_memory",
    "contact", "wikidata_api", "wikidata_sparql", "wikidata_timeout", "wikidata_patience",
)  # fmt: skip


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each setting of the server."""
    for setting in reversed(SETTINGS):
        if setting.name not in _ELSEWHERE:
            flag = "--" + setting.name.replace("_", "-")
            command = click.option(flag, metavar="VALUE", help=setting.help)(command)
    return command


@click.command()
@_options
@click.pass_context
def serve(ctx: click.Context, **options: str | None) -> None:
    """Serve the graph over HTTP: a SPARQL endpoint, and a page and RDF for every resource.

    The current snapshot is served; if there is none, it is built first.

    \b
    Examples:
      kg serve
      kg serve --port 8080 --deadline 30
    """
    chosen = settings(ctx, **options)
    # Before anything slow, so that a taken port is known at once.
    with _listen(chosen) as listener:
        relay = importlib.import_module("kg.remote.starting").start(chosen, served=True) if chosen.services else None
        _ensure_built(chosen)
        pool = _start(chosen, relay)
        ends = [pool.close, *([relay.close] if relay else [])]

        def stop(number: int, frame: FrameType | None) -> NoReturn:
            # First the queries, so that no thread of the server waits for one.
            for end in ends:
                end()
            raise SystemExit(0)

        _when_told(stop)
        try:
            _run(chosen, pool, relay, listener, ends)
        finally:
            for end in ends:
                end()


def _start(chosen: Settings, relay: Relay | None) -> Pool:
    """The pool of workers; while its processes load the snapshot, this one loads the web framework."""
    with ThreadPoolExecutor(1) as starter:
        port = relay.port if relay else None
        starting = starter.submit(start, current(chosen.state), chosen, relay=port)
        importlib.import_module("kg.web.server")
        return starting.result()


def _run(
    chosen: Settings, pool: Pool, relay: Relay | None, listener: socket.socket, ends: list[Callable[[], None]]
) -> None:
    """Answer requests until the process is told to stop, which then calls each of ``ends``."""
    from kg.gallery import read_gallery
    from kg.web import create_app, warming
    from kg.web.assets import is_built
    from kg.web.server import create_server

    gallery, errors = read_gallery(chosen.repository)
    for error in errors:
        click.echo(f"kg: {error}", err=True)
    app = create_app(chosen, pool, gallery, relay)
    serving = app.extensions["kg"].serving
    ends.append(serving.close)
    serving.watch(chosen.take_up)
    if chosen.warm:
        warming.begin(app, serving)
    signal.signal(signal.SIGHUP, lambda number, frame: serving.wake())
    server = create_server(app, chosen, listener)
    if not is_built():
        click.echo("kg: the pages are served without their scripts, which were not built (frontend/build.py).", err=True)
    _greet(chosen, gallery[0].name if gallery else "", listener.getsockname()[1])
    # What there is by now stays: it need not be looked through again and again for what nobody holds any more.
    gc.collect()
    gc.freeze()
    _end_when_told(server, ends)
    server.run()
    server.close()


def _greet(chosen: Settings, query: str, port: int) -> None:
    """Say where the graph is served, and a request that works."""
    click.echo(f"Serving the graph on {_address(chosen.host, port)} until Ctrl-C. Try:")
    asked = f"query@{chosen.repository / 'queries' / query}" if query else f"query={_TO_TRY}"
    # A wildcard is no address to send to (RFC 1122, section 3.2.1.3); this machine is reached by its loopback address.
    reached = _address({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(chosen.host, chosen.host), port)
    click.echo(f"curl {reached}/sparql -H 'Accept: text/csv' --data-urlencode '{asked}'")


def _end_when_told(server: Server, ends: Sequence[Callable[[], None]]) -> None:
    """Have another thread end everything when somebody tells the process to stop.

    The thread that is interrupted may have a lock that ending takes, or ignore what is raised, as in a destructor: it only
    passes the word on, which this kind of queue lets it do at any moment.
    """
    told: SimpleQueue[int] = SimpleQueue()

    def end() -> None:
        told.get()
        # First the queries, so that no thread of the server waits for one.
        for one in ends:
            one()
        server.end()

    threading.Thread(target=end, name="end", daemon=True).start()
    _when_told(lambda number, frame: told.put(number))


def _when_told(do: Callable[[int, FrameType | None], object]) -> None:
    """Have this done when somebody tells the process to stop."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, do)


def _ensure_built(chosen: Settings) -> None:
    """Build a snapshot if there is none. Raises what building raises."""
    try:
        current(chosen.state)
    except SnapshotError:
        with Progress() as progress:
            importlib.import_module("kg.build").build(chosen.repository, chosen.state, keep=chosen.keep, tell=progress)


def _listen(chosen: Settings) -> socket.socket:
    """A listening socket. Raises SettingError if the address or the port cannot be had."""
    remedy = "Choose another with --host and --port (port 0 picks a free one)."
    try:
        family, *_, target = socket.getaddrinfo(chosen.host, chosen.port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(target[:2], family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        # Python adds the address to the system's words; names that cannot be resolved have numbers below zero.
        number = getattr(error, "errno", None) or 0
        why = os.strerror(number) if number > 0 else getattr(error, "strerror", None) or str(error)
        address = _address(chosen.host, chosen.port)
        raise SettingError(f"{address} cannot be listened on: {why}.", remedy=remedy) from None


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
