"""The tracking plan held against what an export holds: a list of breaches. Reads no export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from scenario_cli.analysis.needs import chosen_scenarios, made_events, read_events, read_names, updated_attributes
from scenario_cli.analysis.silence.absence import Loss
from scenario_cli.analysis.silence.silenced import Effect, Reads, silenced, with_all_data
from scenario_cli.analysis.tracking_plan.renames import Candidate, fits, renamed_event, renamed_property
from scenario_cli.model.decimal_marks import remedy
from scenario_cli.model.inspection import DAY, EventFacts, Inspection, PropertyFacts
from scenario_cli.model.project import EventType, Project, Property

Kind = Literal["missing", "stopped", "type", "values", "fill", "fell", "unplanned"]

# The fewest rows for a fall or a gap: with fewer it may be chance.
LEAST_EXPECTED = 30
LEAST_EXPECTED_IN_GAP = 10
# An event with fewer rows or days than this is too rare to say that it has stopped.
LEAST_ROWS, LEAST_DAYS = 10, 3
# Earlier weeks with a fall as deep that make it the event's habit: mails are opened after a newsletter.
USUAL_FALLS = 2
WEEK, WEEKS_BEFORE = 7, 4


@dataclass(frozen=True, slots=True)
class Limits:
    """`tolerance`: the share of rows that may lack a required property, or hold a value that does not fit.
    `fall`: the share by which the last days' volume may lie below the days before."""

    tolerance: float = 0.01
    fall: float = 0.5


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach: one point in which the export is not as the plan demands.

    `event` is empty for an attribute of the profile, `property` for a whole event. `likely` is the probable new
    name. A `note` is about data that no scenario relies on. A `total` breach leaves nothing of the data, any other
    a part; `effects` are what would become of the scenarios without it. `examples` are values that do not fit.
    """

    kind: Kind
    event: str
    property: str
    message: str
    likely: Candidate | None = None
    note: bool = False
    total: bool = False
    last: int | None = None
    effects: tuple[Effect, ...] = ()
    examples: tuple[str, ...] = ()

    def subject(self) -> str:
        """`event`, `event.property` or `contact.attribute`."""
        if not self.property:
            return self.event
        return f"{self.event or 'contact'}.{self.property}"


def check_plan(project: Project, export: Inspection, limits: Limits, reads: Reads | None = None) -> list[Breach]:
    """Breaches of the plan, the worst first."""
    plan = project.plan
    free = [event for event in export.events if event.name not in plan.events]
    found: list[Breach] = []
    made = {name for scenario in project.scenarios.values() for name in made_events(scenario)}
    for known in plan.events.values():
        if known.name in made and export.event(known.name) is None:
            continue  # the scenarios make it themselves
        found += _of_event(known, export.event(known.name), export, free, limits, project)
    found += _of_profile(project, export, limits)
    renamed = {(one.event, one.likely.name) if one.property else (one.likely.name, "") for one in found if one.likely}
    found += [one for one in _unplanned(project, export) if (one.event, one.property) not in renamed]
    relied = _relied_on(project, export)
    done: list[Breach] = []
    whole = with_all_data(project, reads) if found else {}
    for breach in found:
        loss = _loss(breach, project, export)
        effects = tuple(silenced(project, loss, reads, whole)) if loss else ()
        done.append(replace(breach, effects=effects, note=loss is None or not (effects or relied(breach))))
    return sorted(done, key=lambda one: (one.note, -len(one.effects), _ORDER.index(one.kind), one.subject()))


_ORDER: tuple[Kind, ...] = ("missing", "stopped", "type", "values", "fill", "fell", "unplanned")


def _relied_on(project: Project, export: Inspection) -> Callable[[Breach], bool]:
    """True where a scenario that is live or a draft reads what the breach is about, or the plan requires it."""
    plan = project.plan
    scenarios = chosen_scenarios(project, [])
    events = read_events(project, scenarios)
    if export.contacts_table is None:
        # The profile has no other source then.
        events |= {name for name, event in plan.events.items() if event.profile}
    names = {*read_names(project, scenarios), "timezone", "locale"}

    def relied(breach: Breach) -> bool:
        if not breach.event:
            return breach.property in names
        required = breach.event in plan.events and breach.property in plan.events[breach.event].required
        return breach.event in events and (not breach.property or required or breach.property in names)

    return relied


def _loss(breach: Breach, project: Project, export: Inspection) -> Loss | None:
    """The data that is gone; with the only source of the profile, its attributes too."""
    plan = project.plan
    if breach.kind == "unplanned":
        return None
    if not breach.event:
        return Loss(attributes=frozenset({breach.property}))
    if breach.property:
        return Loss(properties=frozenset({(breach.event, breach.property)}))
    sources = [name for name, event in plan.events.items() if event.profile]
    alone = sources == [breach.event] and export.contacts_table is None and breach.kind == "missing"
    return Loss(frozenset({breach.event}), attributes=frozenset(plan.profile) if alone else frozenset())


def _of_event(
    known: EventType,
    facts: EventFacts | None,
    export: Inspection,
    free: list[EventFacts],
    limits: Limits,
    project: Project,
) -> Iterator[Breach]:
    if facts is None or not facts.rows:
        likely = renamed_event(known, free)
        yield Breach("missing", known.name, "", "not one row of this event", likely, total=True)
        return
    stop = _stopped(facts, export)
    if stop:
        yield Breach("stopped", known.name, "", stop, renamed_event(known, free), last=facts.last)
    elif export.windows is not None and export.last is not None:
        said = _fell(facts, export, limits)
        if said:
            yield Breach("fell", known.name, "", said, last=facts.last)
    new = [one for one in facts.properties if one.name not in known.properties]
    for property in known.properties.values():
        if known.profile and property.name in project.plan.profile and property.name not in known.required:
            continue  # an event that changes the profile brings what has changed
        required = property.name in known.required
        found = facts.property(property.name)
        yield from _of_property(known, property, required, facts, found, new, export, limits)


def _of_property(
    event: EventType,
    property: Property,
    required: bool,
    facts: EventFacts,
    found: PropertyFacts | None,
    new: list[PropertyFacts],
    export: Inspection,
    limits: Limits,
) -> Iterator[Breach]:
    last = found.last if found else None

    def breach(kind: Kind, message: str, likely: Candidate | None = None, total: bool = False) -> Breach:
        return Breach(kind, event.name, property.name, message, likely, total=total, last=last)

    if found is None or not found.filled + found.misfits:
        likely = renamed_property(property, required, facts, new)
        yield breach(
            "missing",
            "no value in its one row" if facts.rows == 1 else f"no value in any of its {facts.rows:,} rows",
            likely,
            total=True,
        )
        return
    for misfit in _of_values(property, found, limits):
        yield replace(misfit, event=event.name, last=last)
    expected = found.filled / max(facts.rows - found.rows_since, 1) * found.rows_since
    if expected >= LEAST_EXPECTED_IN_GAP:
        later = [one for one in new if one.first is not None and found.last is not None and one.last is not None
                 and one.last > found.last]  # fmt: skip
        said = f"no value in the last {found.rows_since:,} of its {facts.rows:,} rows"
        yield breach("stopped", said, renamed_property(property, required, facts, later))
        return
    lacking = facts.rows - found.filled - found.misfits
    if required and lacking > limits.tolerance * facts.rows:
        share = (found.filled + found.misfits) / facts.rows
        said = f"required, but {lacking:,} of its {facts.rows:,} rows have no value ({_percent(share)} filled)"
        yield breach("fill", said, renamed_property(property, required, facts, new))
    elif facts.recent and facts.before:
        share = facts.recent / facts.before
        usual = found.before * share
        if usual >= LEAST_EXPECTED and found.recent < (1 - limits.fall) * usual:
            yield breach("fell", f"filled in {_percent(found.recent / facts.recent)} of the rows of the last 7 days, "
                                 f"and in {_percent(found.before / facts.before)} before")  # fmt: skip


def _of_values(property: Property, found: PropertyFacts, limits: Limits) -> Iterator[Breach]:
    """Values that do not fit the declared type, or are none of those that the plan lists."""
    there = found.filled + found.misfits
    bad, example = found.misfits, found.misfit
    if property.type in ("date", "datetime"):
        bad += sum(count for kind, count in found.kinds.items() if not fits(property.type, kind))
        example = example or next((text for text, _ in found.values), next(iter(found.examples), ""))
    if bad > limits.tolerance * there:
        said = f"{bad:,} of {there:,} values are not of type {property.type}"
        if hint := remedy(property.name, property.type or "", example or ""):
            said += f" ({hint})"
        yield Breach("type", "", property.name, said, total=bad == there, examples=(example,))
    if not property.enum:
        return
    known = {_written(value) for value in property.enum}
    if not found.values:
        said = f"{found.distinct:,} different values, while the plan lists {len(known)}"
        yield Breach("values", "", property.name, said, examples=found.examples[:3])
        return
    others = [(text, count) for text, count in found.values if text not in known]
    bad = sum(count for _, count in others)
    if bad > limits.tolerance * there:
        said = f"{bad:,} of {there:,} values are none of those that the plan lists"
        yield Breach("values", "", property.name, said, examples=tuple(text for text, _ in others[:3]))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _stopped(facts: EventFacts, export: Inspection) -> str:
    """An event that came at least ten times and on three days has stopped when it has been away at the end of the
    export for at least two whole days and twice as long as ever before, and by its earlier volume at least ten were
    to be expected."""
    if facts.rows < LEAST_ROWS or len(facts.days) < LEAST_DAYS:
        return ""
    every = sorted({day for event in export.events for day, _ in event.days})
    mine = [date.fromisoformat(day) for day, _ in facts.days]
    silent = (date.fromisoformat(every[-1]) - mine[-1]).days
    longest = max((later - earlier).days for earlier, later in pairwise(mine))
    active = (mine[-1] - mine[0]).days + 1
    if silent < 2 or silent <= 2 * longest or facts.rows / active * silent < LEAST_EXPECTED_IN_GAP:
        return ""
    usual = f"{facts.rows / active:,.0f} a day until then"
    return f"none since {mine[-1].isoformat()}, {silent} days before the export ends; {usual}"


def _fell(facts: EventFacts, export: Inspection, limits: Limits) -> str:
    """The last seven days against up to 28 before, by the day. As deep a fall as the event had before is none."""
    assert export.windows is not None and export.last is not None
    usual = facts.before * export.windows.share(export.last)
    if usual < LEAST_EXPECTED or facts.recent >= (1 - limits.fall) * usual:
        return ""
    if sum(share <= facts.recent / usual for share in _earlier_weeks(facts, export)) >= USUAL_FALLS:
        return ""
    days = round((export.windows.recent_from - export.windows.before_from) / DAY)
    return (
        f"{facts.recent:,} in the last 7 days, {_percent(1 - facts.recent / usual)} less than the {usual:,.0f} to be "
        f"expected from the {days} days before"
    )


def _earlier_weeks(facts: EventFacts, export: Inspection) -> Iterator[float]:
    """Rows of each week before the last one, as a share of the rows that the four weeks before it let expect."""
    end = max(date.fromisoformat(day) for event in export.events for day, _ in event.days)
    weeks = Counter[int]()
    for day, count in facts.days:
        weeks[(end - date.fromisoformat(day)).days // WEEK] += count
    for week in range(1, max(weeks) - WEEKS_BEFORE + 1):
        usual = sum(weeks[week + before] for before in range(1, WEEKS_BEFORE + 1)) / WEEKS_BEFORE
        if usual >= LEAST_EXPECTED:
            yield weeks[week] / usual


def _of_profile(project: Project, export: Inspection, limits: Limits) -> Iterator[Breach]:
    """An attribute may come from the contacts table or from an event that changes the profile."""
    table = export.contacts_table
    sources = [facts for name, event in project.plan.events.items() if event.profile and (facts := export.event(name))]
    if table is not None:
        sources.append(table)
    if not sources:
        return
    new = [(facts, one) for facts in sources for one in facts.properties if one.name not in project.plan.profile]
    set_here = {name for scenario in project.scenarios.values() for name in updated_attributes(scenario)}
    for attribute in project.plan.profile.values():
        found = [one for facts in sources if (one := facts.property(attribute.name)) and one.filled + one.misfits]
        if not found and attribute.name in set_here:
            continue
        if not found:
            likely = None
            for facts, one in new:
                likely = likely or renamed_property(attribute, False, facts, [one])
            where = " or in ".join("the contacts table" if facts is table else facts.name for facts in sources)
            yield Breach("missing", "", attribute.name, f"no value in {where}", likely, total=True)
            continue
        for one in found:
            for misfit in _of_values(attribute, one, limits):
                yield replace(misfit, total=misfit.total and len(found) == 1)


def _unplanned(project: Project, export: Inspection) -> Iterable[Breach]:
    """Events and properties that the plan does not know."""
    plan = project.plan
    for event in export.events:
        known = plan.events.get(event.name)
        if known is None:
            yield Breach("unplanned", event.name, "", f"not in the plan; {_rows(event.rows)}")
            continue
        for one in event.properties:
            if one.name not in known.properties:
                filled = _percent(one.filled / event.rows)
                yield Breach("unplanned", event.name, one.name, f"not in the plan; filled in {filled} of the rows")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _percent(share: float) -> str:
    return f"{share:.1%}" if 0 < share < 0.1 or 0.9 < share < 1 else f"{share:.0%}"
