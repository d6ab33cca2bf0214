"""Says a thing once in a while: what anybody can cause must not fill the log."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic


class LogThrottle:
    """Lets one line through for each cause and span of time, and counts the others; bounded in memory."""

    def __init__(self, *, seconds: float | None, most: int, clock: Callable[[], float] = monotonic) -> None:
        """Keep at most `most` causes, each quiet for `seconds` (None: for ever) after a line; `clock` is in seconds.

        Where there are more causes, the one said longest ago is forgotten; where they are quiet for ever, a new one
        is not said.
        """
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._said: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def lines_left_out(self, cause: Hashable) -> int | None:
        """Return how many lines about `cause` were left out since the last one; None if this one is to be left out."""
        now = self._clock()
        known = self._said.get(cause)
        if known is not None and (self._seconds is None or now - known[0] < self._seconds):
            self._said[cause] = known[0], known[1] + 1
            return None
        if known is None and len(self._said) >= self._most:
            if self._seconds is None:
                return None
            self._said.popitem(last=False)
        self._said[cause] = now, 0
        self._said.move_to_end(cause)
        return 0 if known is None else known[1]

    def allows(self, cause: Hashable) -> bool:
        """Return whether a line about `cause` is to be written now."""
        return self.lines_left_out(cause) is not None
