"""The delivery policy: the rules that can hold back or drop a message. Decides nothing."""

from __future__ import annotations

from scenario_cli.model.expression import Expression, Value
from scenario_cli.model.scenario import Message, Scenario
from scenario_cli.model.source import Name, Span
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.waits import DAY

CALENDAR_PERIODS = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Exemption:
    """Messages that quiet hours or a cap leave out: those that every list picks, a list without names picks all."""

    span: Span
    channels: tuple[Name, ...] = ()
    programs: tuple[Name, ...] = ()
    scenarios: tuple[Name, ...] = ()
    tags: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of the contact's clock, or of the project's, in which no marketing message leaves if every list of names
    picks it and `exempt` does not; a list without names picks all.

    A window begins at `start` on one of the `days` (Monday 0; every day if none is named) and ends at the next `end`;
    without hours it is the whole day.
    """

    span: Span
    channels: tuple[Name, ...] = ()
    start: Value | None = None
    end: Value | None = None
    days: tuple[int, ...] = ()
    programs: tuple[Name, ...] = ()
    scenarios: tuple[Name, ...] = ()
    tags: tuple[Name, ...] = ()
    exempt: Exemption | None = None
    on_project_clock: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit of `most` marketing messages a period. Messages count that every list of names picks and `exempt` does
    not; a list without names picks all.

    `period` is `day`, `week` or `month` on the contact's calendar, or a rolling window in microseconds.
    """

    span: Span
    text: str
    most: int
    period: str | int
    channels: tuple[Name, ...] = ()
    programs: tuple[Name, ...] = ()
    scenarios: tuple[Name, ...] = ()
    tags: tuple[Name, ...] = ()
    condition: Expression | None = None
    exempt: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """`control_group` is a share from 0 to 1; `max_hold` is in microseconds."""

    control_group: float = 0.0
    quiet_hours: tuple[QuietHours, ...] = ()
    caps: tuple[Cap, ...] = ()
    on_cap: str = "drop"
    on_quiet: str = "delay"
    max_hold: int = 3 * DAY


def concerns(rule: QuietHours | Cap, message: Message, scenario: Scenario) -> bool:
    """Whether quiet hours or a cap are about a marketing message of a scenario."""
    return picks(rule, message, scenario) and (rule.exempt is None or not picks(rule.exempt, message, scenario))


def picks(names: QuietHours | Cap | Exemption, message: Message, scenario: Scenario) -> bool:
    """Whether every list of names has one of the message's names; an empty list always passes."""
    program = scenario.program.text if scenario.program is not None else ""
    return all(
        not listed or any(name.text in own for name in listed)
        for listed, own in (
            (names.channels, (message.channel.text,)),
            (names.programs, (program,)),
            (names.scenarios, (scenario.name,)),
            (names.tags, message.tags),
        )
    )
