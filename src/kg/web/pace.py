"""How fast a client reads what it is sent."""

from __future__ import annotations

#: In so many seconds a client reads so many bytes, or all that waited for it when they began.
PERIOD = 60.0
LEAST = 1_000_000


class Pace:
    """Looks now and then at how much of what was waiting for a client has been sent."""

    def __init__(self) -> None:
        self._since = self._sent = self._left = 0.0

    def is_too_slow(self, sent: int, left: int, now: float) -> bool:
        """True if the client has read too little since a look that was a period ago or more.

        ``sent`` is how many bytes it has been sent in all, ``left`` how many wait for it now; ``now`` is in seconds.
        """
        if left and self._left and now - self._since < PERIOD:
            return False
        is_slow = bool(left) and sent - self._sent < min(LEAST, self._left)
        self._since, self._sent, self._left = now, sent, left
        return is_slow
