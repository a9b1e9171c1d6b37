"""The impact of a change on the contacts of a log: both sides of it replayed and compared. Plain values.

Every figure that has two sides is a pair: before the change, after it. Scenarios have the names of the new side; those
that were removed keep theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from scenario_cli.model.story import ContactStory
from scenario_cli.model.value_class import dataclass

Difference = Literal[
    "only_after",  # the message leaves on the new side alone
    "only_before",  # it leaves on the old side alone
    "moved",  # it leaves at another time
    "other_text",  # it leaves at the same time with another text
    "dropped_now",  # it left before and is dropped now
    "no_longer_dropped",  # it was dropped before and leaves now
    "same",  # it leaves on both sides at the same time with the same text, or is dropped on both
]
UpdateDifference = Literal[
    "only_after",  # the attribute is set on the new side alone
    "only_before",  # it is set on the old side alone
    "other_value",  # it is set to another value
    "moved",  # it is set to the same value at another time
    "same",
]
# Kinds of difference for which a contact is shown; `first` and `nothing` are about all messages that it receives,
# `update` is about attributes alone.
Kind = Literal[
    "only_after", "only_before", "moved", "other_text", "dropped_now", "no_longer_dropped", "first", "nothing",
    "update",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "only_after", "only_before", "moved", "other_text", "dropped_now", "no_longer_dropped", "first", "nothing",
    "update",
)  # fmt: skip


class Sides(NamedTuple):
    """A count before the change and after it."""

    before: int = 0
    after: int = 0


NO_MESSAGES = Sides()


@dataclass(frozen=True, slots=True)
class MessageImpact:
    """The messages of a scenario on a channel.

    `messages` are those that left. A message that left on both sides can be `moved` and also have an `other_text`;
    `shift` is the median delay of the moved messages, in microseconds, negative if they leave earlier. `dropped_now`
    and `no_longer_dropped` count by the reason of the drop. `unrendered` are those of `other_text` that cannot be
    rendered on the new side.
    """

    scenario: str
    channel: str
    messages: Sides
    only_before: int = 0
    only_after: int = 0
    moved: int = 0
    shift: int | None = None
    other_text: int = 0
    dropped_now: Mapping[str, int] | None = None
    no_longer_dropped: Mapping[str, int] | None = None
    dropped: Sides = NO_MESSAGES
    unrendered: int = 0

    @property
    def differs(self) -> bool:
        """Whether any message of the row differs between the sides."""
        return bool(
            self.only_before or self.only_after or self.moved or self.other_text or self.dropped_now
            or self.no_longer_dropped or self.dropped.before != self.dropped.after
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class UpdateImpact:
    """The changes that a scenario makes to an attribute of the profile. Changes in no other group are the same on both
    sides.
    """

    scenario: str
    attribute: str
    changes: Sides
    only_before: int = 0
    only_after: int = 0
    other_value: int = 0
    moved: int = 0

    @property
    def differing(self) -> int:
        """The number of changes that differ between the sides."""
        return self.only_before + self.only_after + self.other_value + self.moved


@dataclass(frozen=True, slots=True)
class JourneyImpact:
    """The journeys of a scenario: entries, outcomes by name, conversions within the window and their value."""

    scenario: str
    entered: Sides
    outcomes: Mapping[str, Sides]
    converted: Sides
    value: tuple[Decimal | None, Decimal | None] = (None, None)

    @property
    def differs(self) -> bool:
        """Whether any figure differs between the sides."""
        pairs = (self.entered, self.converted, *self.outcomes.values(), self.value)
        return any(before != after for before, after in pairs)


@dataclass(frozen=True, slots=True)
class ContactImpact:
    """Contacts by the messages they receive. `first` received none before, `nothing` receive none any more; `more` and
    `less` do not include these. `otherwise` receive as many messages, but some differ.
    """

    total: int = 0
    first: int = 0
    more: int = 0
    less: int = 0
    nothing: int = 0
    otherwise: int = 0

    @property
    def affected(self) -> int:
        """The contacts for whom any message differs."""
        return self.first + self.more + self.less + self.nothing + self.otherwise


@dataclass(frozen=True, slots=True)
class Busiest:
    """The contact with the most messages in any seven days, the first by its id if several have as many."""

    contact_id: str = ""
    messages: int = 0


@dataclass(frozen=True, slots=True)
class PressureImpact:
    """`weeks` counts the weeks of contacts, from Monday on the project's clock, by the number of marketing messages
    that left in them; `busiest` are the busiest contacts of both sides.
    """

    weeks: Mapping[int, Sides]
    busiest: tuple[Busiest, Busiest] = (Busiest(), Busiest())


@dataclass(frozen=True, slots=True)
class Asked:
    """A message on one side: when it left or was dropped, and the reason of a drop (empty: it left)."""

    at: int
    state: str
    template: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A message on both sides; None on a side that does not request it."""

    difference: Difference
    scenario: str
    channel: str
    before: Asked | None
    after: Asked | None
    other_text: bool = False


@dataclass(frozen=True, slots=True)
class Set:
    """A change of an attribute on one side: when, in which state, and the value that it was set to."""

    at: int
    state: str
    value: Any


@dataclass(frozen=True, slots=True)
class UpdatePair:
    """A change of an attribute on both sides; None on a side that does not make it."""

    difference: UpdateDifference
    scenario: str
    attribute: str
    before: Set | None
    after: Set | None


@dataclass(frozen=True, slots=True)
class Example:
    """A contact that shows one kind of difference, with its messages in order of time on its own clock.

    A contact of `update` has the changes of its attributes instead. `left_out` counts the messages that are not shown:
    those that are the same on both sides are left out first.
    """

    kind: Kind
    contact_id: str
    timezone: str
    pairs: tuple[Pair, ...]
    left_out: int = 0
    updates: tuple[UpdatePair, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactComparison:
    """One contact in full: its messages and the changes of its attributes on both sides, and its story on each."""

    contact_id: str
    timezone: str
    pairs: tuple[Pair, ...]
    updates: tuple[UpdatePair, ...]
    before: ContactStory
    after: ContactStory


@dataclass(frozen=True, slots=True)
class Impact:
    """The effect of a change on the contacts of a log.

    `replayed_twice` counts the contacts that the change can reach at all; for the others both sides are the same.
    `everybody` is the reason why the change can reach all of them, if it can. `cautions` are sentences about the limits
    of the comparison.
    """

    start: int | None
    until: int
    timezone: str
    currency: str
    rows: tuple[MessageImpact, ...]
    journeys: tuple[JourneyImpact, ...]
    contacts: ContactImpact
    pressure: PressureImpact
    cost: tuple[Decimal, Decimal]
    examples: tuple[Example, ...]
    replayed_twice: int
    everybody: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    updates: tuple[UpdateImpact, ...] = ()

    @property
    def messages(self) -> Sides:
        """The messages of both sides."""
        return Sides(sum(row.messages.before for row in self.rows), sum(row.messages.after for row in self.rows))

    @property
    def differs(self) -> bool:
        """Whether the change makes any difference to the log's contacts."""
        return (
            any(row.differs for row in self.rows)
            or any(journey.differs for journey in self.journeys)
            or any(update.differing for update in self.updates)
        )
