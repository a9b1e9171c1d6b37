"""What the executor says happened: one value a fact, in the order in which it happened. Plain data.

Those that a replay makes by the million write their `__init__` out: compiled, one that `dataclass` generates stays with
the interpreter, and takes as long as all the rest of what is done with the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scenario_cli.model.event import Event
from scenario_cli.model.source import Position, Span

# Why a trigger let nobody in, and why a message did not leave.
REFUSALS = ("paused", "inactive", "audience", "key", "running", "reentry", "exclusive", "too_many")
DROPS = (
    "control_group", "holdout", "no_address", "no_consent", "unreachable", "quiet_hours", "capped", "expired",
    "condition", "cancelled", "paused", "render_error",
)  # fmt: skip


# What led a journey on, or what was looked at: a construct of the language. Never read from a text shown to people.
Kind = Literal[
    "entry", "on", "when", "choose", "else", "next", "split", "after", "date", "cron", "if_past", "if_missing",
    "goal", "trigger", "trigger_date", "segment", "audience", "message", "address", "consent",
]  # fmt: skip


@dataclass(slots=True, init=False)
class Step:
    """One link of the chain that led a journey where it is. `cause` reads as a sentence's end: `after 1h`.

    `times` counts how often the journey came there by that way in a row, `at` is the last of them.
    """

    at: int
    cause: str
    state: str
    before: Step | None
    times: int

    def __init__(self, at: int, cause: str, state: str, before: Step | None, times: int = 1) -> None:
        self.at = at
        self.cause = cause
        self.state = state
        self.before = before
        self.times = times


def chain(step: Step | None) -> Iterator[Step]:
    """The links from the first to this one."""
    links: list[Step] = []
    while step is not None:
        links.append(step)
        step = step.before
    return reversed(links)


@dataclass(slots=True, init=False)
class Entered:
    """A contact entered a scenario."""

    at: int
    scenario: str
    journey_id: str
    key: Any
    event: str

    def __init__(self, at: int, scenario: str, journey_id: str, key: Any, event: str) -> None:
        self.at = at
        self.scenario = scenario
        self.journey_id = journey_id
        self.key = key
        self.event = event


@dataclass(slots=True, init=False)
class Refused:
    """A trigger matched and the contact was not let in; `reason` is one of `REFUSALS`."""

    at: int
    scenario: str
    key: Any
    event: str
    reason: str

    def __init__(self, at: int, scenario: str, key: Any, event: str, reason: str) -> None:
        self.at = at
        self.scenario = scenario
        self.key = key
        self.event = event
        self.reason = reason


@dataclass(slots=True, init=False)
class Moved:
    """A journey entered a state. `source` is empty for the first; `what` led there: `after 1h`, `on x`.

    `way` is where the scenario names the target that was taken: it tells apart two ways between the same states.
    """

    at: int
    scenario: str
    journey_id: str
    source: str
    target: str
    cause: str
    kind: Kind
    exit: Position | None

    def __init__(
        self,
        at: int,
        scenario: str,
        journey_id: str,
        source: str,
        target: str,
        cause: str,
        kind: Kind,
        exit: Position | None = None,
    ) -> None:
        self.at = at
        self.scenario = scenario
        self.journey_id = journey_id
        self.source = source
        self.target = target
        self.cause = cause
        self.kind = kind
        self.exit = exit


@dataclass(slots=True, init=False)
class Asked:
    """A message that a journey asked for: it left (`reason` empty) or was dropped.

    `asked_at` is when its state asked for it; it lies before `at` where the message was held. `detail` says
    more about the reason: which cap, and the messages that used it up.

    What a template may read is kept as it was at that instant: `profile`, `captures`, `trigger`, `item`, `values`,
    and in `snapshot` the metrics and segments that templates name, each as (metric or segment, name, value).
    """

    at: int
    scenario: str
    version: int | str
    journey_id: str
    key: Any
    state: str
    message_id: str
    channel: str
    template: str
    purpose: str
    address: Any
    reason: str
    detail: str
    asked_at: int
    variant: str
    entered_at: int
    timezone: str
    profile: Mapping[str, Any]
    captures: Mapping[str, Any]
    values: Mapping[str, Any]
    trigger: Event
    because: Step | None
    item: Any
    snapshot: tuple[tuple[str, str, Any], ...]

    def __init__(
        self, at: int, scenario: str, version: int | str, journey_id: str, key: Any, state: str, message_id: str,
        channel: str, template: str, purpose: str, address: Any, reason: str, detail: str, asked_at: int,
        variant: str, entered_at: int, timezone: str, profile: Mapping[str, Any], captures: Mapping[str, Any],
        values: Mapping[str, Any], trigger: Event, because: Step | None, item: Any = None,
        snapshot: tuple[tuple[str, str, Any], ...] = (),
    ) -> None:  # fmt: skip
        self.at = at
        self.scenario = scenario
        self.version = version
        self.journey_id = journey_id
        self.key = key
        self.state = state
        self.message_id = message_id
        self.channel = channel
        self.template = template
        self.purpose = purpose
        self.address = address
        self.reason = reason
        self.detail = detail
        self.asked_at = asked_at
        self.variant = variant
        self.entered_at = entered_at
        self.timezone = timezone
        self.profile = profile
        self.captures = captures
        self.values = values
        self.trigger = trigger
        self.because = because
        self.item = item
        self.snapshot = snapshot


@dataclass(slots=True)
class Updated:
    """A journey changed an attribute of the profile; None is a missing value."""

    at: int
    scenario: str
    version: int | str
    journey_id: str
    key: Any
    state: str
    attribute: str
    before: Any
    after: Any
    timezone: str
    because: Step | None


@dataclass(slots=True)
class Held:
    """A message is held back until an instant, when it is looked at again; `why` is `quiet_hours` or `capped`."""

    at: int
    scenario: str
    journey_id: str
    message_id: str
    channel: str
    until: int
    why: str


@dataclass(slots=True)
class Converted:
    """A journey reached its goal within the window; `credited` is the last message that left before."""

    at: int
    scenario: str
    journey_id: str
    event: str
    value: Any
    credited: str | None


@dataclass(slots=True, init=False)
class Ended:
    """A journey is over. `way` is as in `Moved`; of a goal its place; None where a state's `end` or
    the executor ended it."""

    at: int
    scenario: str
    journey_id: str
    state: str
    outcome: str
    exit: Position | None

    def __init__(
        self, at: int, scenario: str, journey_id: str, state: str, outcome: str, exit: Position | None = None
    ) -> None:
        self.at = at
        self.scenario = scenario
        self.journey_id = journey_id
        self.state = state
        self.outcome = outcome
        self.exit = exit


@dataclass(slots=True)
class Warned:
    """A value in the data was not what a scenario needs. `place` is the expression; `detail` names the value."""

    at: int
    scenario: str
    place: str
    event: str
    detail: str


@dataclass(slots=True)
class Looked:
    """A branch, transition, trigger or goal that was looked at, in a program compiled with `trace` alone; an address
    or a consent, too, which `held` where the message may go there.

    Where a branch `held` it was taken, since the first that holds is: for a trigger that means that entry was tried.
    `place` is where it stands in the scenario's file, `what` the words before its condition (`on cart_updated
    where`); `condition` is empty where it asks nothing; `values` are the parts of the condition, as text, with what
    each of them was. Outside a journey `journey_id` and `state` are empty.
    """

    at: int
    scenario: str
    journey_id: str
    state: str
    place: Span
    cause: str
    kind: Kind
    condition: str
    held: bool
    values: tuple[tuple[str, Any], ...]


Record = Entered | Refused | Moved | Asked | Updated | Held | Converted | Ended | Warned | Looked
