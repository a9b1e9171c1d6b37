"""A channel in delivery: its messages in their order, its pace, and their results. Touches no store."""

from __future__ import annotations

import heapq
from array import array

from scenario_cli.hosts.deliver.outcomes import Outgoing, Sender
from scenario_cli.hosts.deliver.rate import Pace
from scenario_cli.model.delivery import ChannelDelivery, FileDrop
from scenario_cli.model.handing import ChannelResult, Fate, Trouble

_MOST_TROUBLES = 20  # examples that are kept


class Lane:
    """One channel of a delivery. A channel of files has no `sender`."""

    def __init__(self, channel: ChannelDelivery, sender: Sender | None, unusable: str = "") -> None:
        self.channel = channel
        self.sender = sender
        self.pace = Pace(channel.spacing)
        self.result = ChannelResult(channel.name, reason=unusable)
        self.ids = array("q")
        self.times = array("q")
        self.position = 0
        self.not_now = ""  # the last reply to a message that is to be tried again
        self.again: list[tuple[int, int, int]] = []  # the instant from which it can be tried, its due time, its number

    @property
    def writes_files(self) -> bool:
        return isinstance(self.channel.by, FileDrop)

    @property
    def is_closed(self) -> bool:
        return bool(self.result.reason)

    @property
    def remaining(self) -> int:
        """The number of messages not yet taken from the lane."""
        return len(self.ids) - self.position + len(self.again)

    def load(self, waiting: tuple[array[int], array[int]]) -> None:
        """Takes the messages that wait, instead of those it had."""
        self.ids, self.times = waiting
        self.position = 0
        self.again = []

    def next_at(self) -> int | None:
        """The instant at which the next message can go; None if no more messages can."""
        if self.is_closed or not self.remaining:
            return None
        due = 0 if self.position < len(self.ids) else self.again[0][0]
        return max(due, self.pace.next_at)

    def first_time(self) -> int:
        """The time at which the next message was due: among the channels, the longest waiting message goes first."""
        return self.times[self.position] if self.position < len(self.ids) else self.again[0][1]

    def take(self, now: int) -> int:
        """The number of the next message: a retry first, as soon as its pause is over."""
        if self.again and (self.again[0][0] <= now or self.position >= len(self.ids)):
            return heapq.heappop(self.again)[2]
        self.position += 1
        return self.ids[self.position - 1]

    def take_many(self, most: int) -> list[int]:
        """The numbers of the next messages."""
        batch = list(self.ids[self.position : self.position + most])
        self.position += len(batch)
        return batch

    def put_back(self, row: Outgoing, not_before: int) -> None:
        """Lets a message be tried again."""
        heapq.heappush(self.again, (not_before, row.send_at, row.id))

    def count(self, fate: Fate, number: int = 1) -> None:
        self.result.fates[fate] += number

    def trouble(self, message_id: str, address: str, fate: Fate, answer: str) -> None:
        """Counts a message that was not handed over, and keeps the first of them as examples."""
        self.count(fate)
        if len(self.result.troubles) < _MOST_TROUBLES:
            self.result.troubles.append(Trouble(message_id, address, fate, answer))
