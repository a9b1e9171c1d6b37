"""When the next message may go: an even pace, and growing pauses after failures. Waits for nothing itself."""

from __future__ import annotations

from scenario_cli.model.waits import HOUR, SECOND

FAILURES = 5  # in a row, after which a channel is left alone until the next delivery
_FIRST_PAUSE = SECOND
_LONGEST_PAUSE = 60 * SECOND
_LONGEST_ASKED = HOUR  # what a server may ask for with Retry-After


class Pace:
    """The pace of one channel; `spacing` and instants are in microseconds."""

    def __init__(self, spacing: int) -> None:
        self.spacing = spacing
        self.next_at = 0
        self.failures = 0

    def went(self, now: int) -> None:
        """A message has been tried at an instant."""
        self.next_at = max(self.next_at, now + self.spacing)

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self, now: int, after: float | None) -> None:
        """Nothing was taken; `after` are the seconds that the other side asks for."""
        self.failures += 1
        self.next_at = max(self.next_at, now + pause(self.failures, after))

    def is_out(self, now: int) -> bool:
        """Whether to leave the channel alone: too many failures, or a pause too long to sit out."""
        return self.failures >= FAILURES or self.next_at - now > _LONGEST_PAUSE


def pause(failures: int, after: float | None = None) -> int:
    """The microseconds to wait after so many failures in a row: 1, 2, 4 seconds and so on, at most a minute; what the
    other side asks for, if that is more, at most an hour.

    >>> [pause(failures) // 1_000_000 for failures in range(1, 9)]
    [1, 2, 4, 8, 16, 32, 60, 60]
    """
    own = min(_FIRST_PAUSE << min(failures - 1, 10), _LONGEST_PAUSE)
    asked = min(int(max(after, 0.0) * SECOND), _LONGEST_ASKED) if after is not None else 0
    return max(own, asked)
