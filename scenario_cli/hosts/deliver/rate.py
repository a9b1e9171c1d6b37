"""The time at which the next message can go: an even pace, and growing pauses after failures. Does not wait itself."""

from __future__ import annotations

from scenario_cli.model.waits import HOUR, SECOND

FAILURES = 5  # in a row, after which a channel is left alone until the next delivery
_FIRST_PAUSE = SECOND
_LONGEST_PAUSE = 60 * SECOND
_LONGEST_REQUESTED = HOUR  # the longest pause that a server can ask for with Retry-After


class Pace:
    """The pace of one channel; `spacing` and instants are in microseconds."""

    def __init__(self, spacing: int) -> None:
        self.spacing = spacing
        self.next_at = 0
        self.failures = 0

    def note_attempt(self, now: int) -> None:
        """A message has been tried at an instant."""
        self.next_at = max(self.next_at, now + self.spacing)

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self, now: int, after: float | None) -> None:
        """Notes a failure; `after` are the seconds that the receiver asks for."""
        self.failures += 1
        self.next_at = max(self.next_at, now + pause(self.failures, after))

    def is_out(self, now: int) -> bool:
        """Whether to give up the channel: too many failures, or a pause that is too long to wait for."""
        return self.failures >= FAILURES or self.next_at - now > _LONGEST_PAUSE


def pause(failures: int, after: float | None = None) -> int:
    """The microseconds to wait after so many failures in a row: 1, 2, 4 seconds and so on, at most a minute; if the
    receiver asks for more, that time, at most an hour.

    >>> [pause(failures) // 1_000_000 for failures in range(1, 9)]
    [1, 2, 4, 8, 16, 32, 60, 60]
    """
    own = min(_FIRST_PAUSE << min(failures - 1, 10), _LONGEST_PAUSE)
    requested = min(int(max(after, 0.0) * SECOND), _LONGEST_REQUESTED) if after is not None else 0
    return max(own, requested)
