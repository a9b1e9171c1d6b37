"""Compares the tracking plan with the content of an export: a list of breaches. Reads no export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Literal

from scenario_cli.analysis.needs import brought_elsewhere, chosen_scenarios, read_events, read_names, updated_attributes
from scenario_cli.analysis.silence.absence import Loss
from scenario_cli.analysis.silence.silenced import Effect, Reads, silenced, with_all_data
from scenario_cli.analysis.tracking_plan.renames import Candidate, fits, renamed_event, renamed_property
from scenario_cli.model.decimal_marks import remedy
from scenario_cli.model.inspection import DAY, EventFacts, Inspection, PropertyFacts
from scenario_cli.model.project import EventType, Project, Property
from scenario_cli.model.value_class import dataclass

Kind = Literal["unusable", "missing", "stopped", "type", "values", "address", "fill", "fell", "unplanned"]

# The fewest rows for a fall or a gap: with fewer it could be chance.
LEAST_EXPECTED = 30
LEAST_EXPECTED_IN_GAP = 10
# An event with fewer rows or days than this is too rare to judge that it has stopped.
LEAST_ROWS, LEAST_DAYS = 10, 3
# Earlier weeks with a fall as deep that make it the event's habit: mails are opened after a newsletter.
USUAL_FALLS = 2
WEEK, WEEKS_BEFORE = 7, 4


@dataclass(frozen=True, slots=True)
class Limits:
    """`tolerance`: the share of rows that can lack a required property, or hold a value that does not fit.
    `fall`: the share by which the last days' volume can be below the days before."""

    tolerance: float = 0.01
    fall: float = 0.5


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach: one difference between the export and the demands of the plan.

    `event` is empty for an attribute of the profile, `property` for a whole event, both for rows of any event. `likely`
    is the probable new name. A `note` is about data that no scenario relies on. After a `total` breach all of the data
    is missing, after any other a part; `effects` are the effects on the scenarios without it. `examples` are values
    that do not fit.
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
        """`event`, `event.property`, `contact.attribute`, or `rows` for rows that cannot be used."""
        if not self.property:
            return self.event or "rows"
        return f"{self.event or 'contact'}.{self.property}"


def check_plan(project: Project, export: Inspection, limits: Limits, reads: Reads | None = None) -> list[Breach]:
    """Breaches of the plan, the worst first."""
    plan = project.plan
    free = [event for event in export.events if event.name not in plan.events]
    breaches: list[Breach] = []
    elsewhere = brought_elsewhere(project)
    for event in plan.events.values():
        if event.name in elsewhere and export.event(event.name) is None:
            continue
        breaches += _of_event(event, export.event(event.name), export, free, limits, project)
    breaches += _of_profile(project, export, limits)
    breaches += _of_addresses(project, export, limits)
    renamed = {
        (breach.event, breach.likely.name) if breach.property else (breach.likely.name, "")
        for breach in breaches
        if breach.likely
    }
    breaches += [breach for breach in _unplanned(project, export) if (breach.event, breach.property) not in renamed]
    relied = _relied_on(project, export)
    graded: list[Breach] = []
    full_results = with_all_data(project, reads) if breaches else {}
    for breach in breaches:
        loss = _loss(breach, project, export)
        effects = tuple(silenced(project, loss, reads, full_results)) if loss else ()
        graded.append(replace(breach, effects=effects, note=loss is None or not (effects or relied(breach))))
    graded.sort(key=lambda breach: (breach.note, -len(breach.effects), _ORDER.index(breach.kind), breach.subject()))
    return [*_of_unusable_rows(export, limits), *graded]


def _of_unusable_rows(export: Inspection, limits: Limits) -> Iterator[Breach]:
    """The reasons why rows cannot be used, if these are more than the tolerance."""
    if sum(each.count for each in export.unusable) > limits.tolerance * export.rows:
        for each in export.unusable:
            yield Breach("unusable", "", "", f"{each.count:,} of {export.rows:,} cannot be used: {each.reason}")


_ORDER: tuple[Kind, ...] = ("unusable", "missing", "stopped", "type", "values", "address", "fill", "fell", "unplanned")


def _relied_on(project: Project, export: Inspection) -> Callable[[Breach], bool]:
    """True if a live or draft scenario reads the data of the breach, or the plan requires it."""
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
    event_type: EventType,
    facts: EventFacts | None,
    export: Inspection,
    free: list[EventFacts],
    limits: Limits,
    project: Project,
) -> Iterator[Breach]:
    if facts is None or not facts.rows:
        rename = renamed_event(event_type, free)
        yield Breach("missing", event_type.name, "", "no rows of this event", rename, total=True)
        return
    stop = _stopped(facts, export)
    if stop:
        yield Breach("stopped", event_type.name, "", stop, renamed_event(event_type, free), last=facts.last)
    elif export.windows is not None and export.last is not None:
        message = _fell(facts, export, limits)
        if message:
            yield Breach("fell", event_type.name, "", message, last=facts.last)
    new = [candidate for candidate in facts.properties if candidate.name not in event_type.properties]
    for property in event_type.properties.values():
        if event_type.profile and property.name in project.plan.profile and property.name not in event_type.required:
            continue  # an event that changes the profile has only the changed attributes
        required = property.name in event_type.required
        property_facts = facts.property(property.name)
        yield from _of_property(event_type, property, required, facts, property_facts, new, export, limits)


def _of_property(
    event: EventType,
    property: Property,
    required: bool,
    facts: EventFacts,
    property_facts: PropertyFacts | None,
    new: list[PropertyFacts],
    export: Inspection,
    limits: Limits,
) -> Iterator[Breach]:
    last = property_facts.last if property_facts else None

    def breach(kind: Kind, message: str, rename: Candidate | None = None, total: bool = False) -> Breach:
        return Breach(kind, event.name, property.name, message, rename, total=total, last=last)

    if property_facts is None or not property_facts.filled + property_facts.misfits:
        rename = renamed_property(property, required, facts, new)
        yield breach(
            "missing",
            "no value in its only row" if facts.rows == 1 else f"no value in any of its {facts.rows:,} rows",
            rename,
            total=True,
        )
        return
    for misfit in _of_values(property, property_facts, limits):
        yield replace(misfit, event=event.name, last=last)
    expected = property_facts.filled / max(facts.rows - property_facts.rows_since, 1) * property_facts.rows_since
    if expected >= LEAST_EXPECTED_IN_GAP:
        later = [
            candidate
            for candidate in new
            if candidate.first is not None and last is not None and candidate.last is not None and candidate.last > last
        ]
        text = f"no value in the last {property_facts.rows_since:,} of its {facts.rows:,} rows"
        yield breach("stopped", text, renamed_property(property, required, facts, later))
        return
    missing_rows = facts.rows - property_facts.filled - property_facts.misfits
    if required and missing_rows > limits.tolerance * facts.rows:
        share = (property_facts.filled + property_facts.misfits) / facts.rows
        text = f"required, but {missing_rows:,} of its {facts.rows:,} rows have no value ({_percent(share)} filled)"
        yield breach("fill", text, renamed_property(property, required, facts, new))
    elif facts.recent and facts.before:
        share = facts.recent / facts.before
        usual = property_facts.before * share
        if usual >= LEAST_EXPECTED and property_facts.recent < (1 - limits.fall) * usual:
            recent, before = property_facts.recent / facts.recent, property_facts.before / facts.before
            text = f"filled in {_percent(recent)} of the rows of the last 7 days, in {_percent(before)} before"
            yield breach("fell", text)


def _of_values(property: Property, facts: PropertyFacts, limits: Limits) -> Iterator[Breach]:
    """Values that do not fit the declared type or are missing from the list of the plan."""
    total = facts.filled + facts.misfits
    bad, example = facts.misfits, facts.misfit
    if property.type in ("date", "datetime"):
        bad += sum(count for kind, count in facts.kinds.items() if not fits(property.type, kind))
        example = example or next((text for text, _ in facts.values), next(iter(facts.examples), ""))
    if bad > limits.tolerance * total:
        message = f"{bad:,} of {total:,} values are not of type {property.type}"
        if hint := remedy(property.name, property.type or "", example or ""):
            message += f" ({hint})"
        yield Breach("type", "", property.name, message, total=bad == total, examples=(example,))
    if not property.enum:
        return
    listed = {_yaml_text(value) for value in property.enum}
    if not facts.values:
        message = f"{facts.distinct:,} different values, but the plan lists {len(listed)}"
        yield Breach("values", "", property.name, message, examples=facts.examples[:3])
        return
    unlisted = [(text, count) for text, count in facts.values if text not in listed]
    bad = sum(count for _, count in unlisted)
    if bad > limits.tolerance * total:
        message = f"{bad:,} of {total:,} values are not in the list of the plan"
        yield Breach("values", "", property.name, message, examples=tuple(text for text, _ in unlisted[:3]))


def _yaml_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _stopped(facts: EventFacts, export: Inspection) -> str:
    """An event that came at least ten times and on three days has stopped when it has been away at the end of the
    export for at least two whole days and twice as long as ever before, and by its earlier volume at least ten were
    to be expected."""
    if facts.rows < LEAST_ROWS or len(facts.days) < LEAST_DAYS:
        return ""
    all_days = sorted({day for event in export.events for day, _ in event.days})
    own_days = [date.fromisoformat(day) for day, _ in facts.days]
    silent = (date.fromisoformat(all_days[-1]) - own_days[-1]).days
    longest = max((later - earlier).days for earlier, later in pairwise(own_days))
    active = (own_days[-1] - own_days[0]).days + 1
    if silent < 2 or silent <= 2 * longest or facts.rows / active * silent < LEAST_EXPECTED_IN_GAP:
        return ""
    usual = f"{facts.rows / active:,.0f} per day before"
    return f"none since {own_days[-1].isoformat()}, {silent} days before the export ends; {usual}"


def _fell(facts: EventFacts, export: Inspection, limits: Limits) -> str:
    """The last seven days compared with up to 28 before, by the day. A fall as deep as an earlier fall is ignored."""
    assert export.windows is not None and export.last is not None
    usual = facts.before * export.windows.share(export.last)
    if usual < LEAST_EXPECTED or facts.recent >= (1 - limits.fall) * usual:
        return ""
    if sum(share <= facts.recent / usual for share in _earlier_weeks(facts, export)) >= USUAL_FALLS:
        return ""
    days = round((export.windows.recent_from - export.windows.before_from) / DAY)
    return (
        f"{facts.recent:,} in the last 7 days, {_percent(1 - facts.recent / usual)} less than the "
        f"{usual:,.0f} expected from the {days} days before"
    )


def _earlier_weeks(facts: EventFacts, export: Inspection) -> Iterator[float]:
    """Rows of each week before the last, as a share of the rows expected from the four weeks before it."""
    end = max(date.fromisoformat(day) for event in export.events for day, _ in event.days)
    weeks = Counter[int]()
    for day, count in facts.days:
        weeks[(end - date.fromisoformat(day)).days // WEEK] += count
    for week in range(1, max(weeks) - WEEKS_BEFORE + 1):
        usual = sum(weeks[week + before] for before in range(1, WEEKS_BEFORE + 1)) / WEEKS_BEFORE
        if usual >= LEAST_EXPECTED:
            yield weeks[week] / usual


def _of_profile(project: Project, export: Inspection, limits: Limits) -> Iterator[Breach]:
    """An attribute can come from the contacts table or from an event that changes the profile."""
    table = export.contacts_table
    sources = [facts for name, event in project.plan.events.items() if event.profile and (facts := export.event(name))]
    if table is not None:
        sources.append(table)
    if not sources:
        return
    new = [
        (facts, candidate)
        for facts in sources
        for candidate in facts.properties
        if candidate.name not in project.plan.profile
    ]
    set_here = {name for scenario in project.scenarios.values() for name in updated_attributes(scenario)}
    for attribute in project.plan.profile.values():
        present = [
            property_facts
            for facts in sources
            if (property_facts := facts.property(attribute.name)) and property_facts.filled + property_facts.misfits
        ]
        if not present and attribute.name in set_here:
            continue
        if not present:
            rename = None
            for facts, candidate in new:
                rename = rename or renamed_property(attribute, False, facts, [candidate])
            source_names = " or in ".join("the contacts table" if facts is table else facts.name for facts in sources)
            yield Breach("missing", "", attribute.name, f"no value in {source_names}", rename, total=True)
            continue
        for property_facts in present:
            for misfit in _of_values(attribute, property_facts, limits):
                yield replace(misfit, total=misfit.total and len(present) == 1)


_ADDRESS_WORDS = {"email": "e-mail addresses", "phone": "telephone numbers"}


def _of_addresses(project: Project, export: Inspection, limits: Limits) -> Iterator[Breach]:
    """Values of an attribute to which no message can be sent."""
    for address in export.reach.addresses if export.reach is not None else ():
        if address.invalid > limits.tolerance * address.contacts and address.attribute in project.plan.profile:
            message = f"{address.invalid:,} of {address.contacts:,} are not {_ADDRESS_WORDS[address.kind]}"
            is_total = address.invalid == address.contacts
            yield Breach("address", "", address.attribute, message, total=is_total, examples=address.examples)


def _unplanned(project: Project, export: Inspection) -> Iterable[Breach]:
    """Events and properties that the plan does not know."""
    plan = project.plan
    for event in export.events:
        planned = plan.events.get(event.name)
        if planned is None:
            yield Breach("unplanned", event.name, "", f"not in the plan; {_rows(event.rows)}")
            continue
        for property_facts in event.properties:
            if property_facts.name not in planned.properties:
                filled = _percent(property_facts.filled / event.rows)
                yield Breach(
                    "unplanned", event.name, property_facts.name, f"not in the plan; filled in {filled} of the rows"
                )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _percent(share: float) -> str:
    return f"{share:.1%}" if 0 < share < 0.1 or 0.9 < share < 1 else f"{share:.0%}"
