"""The result of a delivery. Plain values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Fate = Literal["handed", "failed", "stale", "skipped", "left"]


class Trouble(NamedTuple):
    """A message that was not handed over, with the reply."""

    message_id: str
    address: str
    fate: Fate
    answer: str


@dataclass(slots=True)
class ChannelResult:
    """The result of delivering a channel's messages.

    `fates` counts them: handed over, failed for good, too old (`stale`), left alone because nobody knows whether they
    went out (`skipped`), still waiting (`left`). `again` are those that an earlier delivery left uncertain and that
    were put back. `reason` is why the channel was given up. `postponed` is the last reply to a message that was tried
    and still waits. `troubles` are examples.
    """

    name: str
    fates: Counter[Fate] = field(default_factory=Counter)
    again: int = 0
    reason: str = ""
    postponed: str = ""
    files: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


@dataclass(slots=True)
class DeliveryResult:
    """A delivery by channel. `kind` is a delivery that sends, a delivery that only reports (`dry`), or a delivery of
    everything to one address that leaves the outbox unchanged (`rehearsal`).

    `unreachable` counts the messages that wait on channels without delivery.
    """

    kind: Literal["delivery", "dry", "rehearsal"]
    channels: list[ChannelResult] = field(default_factory=list)
    unreachable: dict[str, int] = field(default_factory=dict)
    limited: bool = False

    @property
    def complete(self) -> bool:
        """Whether all due messages have gone."""
        return not self.unreachable and not any(
            channel.postponed or channel.fates[fate]
            for channel in self.channels
            for fate in ("failed", "stale", "skipped", *(() if self.limited and not channel.reason else ("left",)))
        )
