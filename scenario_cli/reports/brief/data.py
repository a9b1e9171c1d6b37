"""The part of a brief for data people: the needed data, its freshness, its source, and its use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenario_cli.analysis.data_needs import DataNeeds, EventNeed, ScenarioNeeds, ValueNeed
from scenario_cli.analysis.time.freshness import Freshness
from scenario_cli.reports.document.parts import Document, Grid, Heading, Paragraph, facts, row

NOBODY = "no owner"
_POLICY = "the delivery policy"


def brief_data(needs: Sequence[ScenarioNeeds], policy: DataNeeds | None = None) -> Document:
    """`policy` are the needs of the delivery policy, stated once; None if it concerns none of the scenarios."""
    document: Document = [
        Heading(2, "For data people"),
        Paragraph(
            "What the scenarios need. If an event, property or attribute is missing or later than listed "
            "here, messages are wrong or not sent. Nothing else is needed."
        ),
        *_providers(needs, policy),
    ]
    document += _policy(policy) if policy is not None else []
    for scenario_needs in needs:
        document += _scenario(scenario_needs)
    return document


def _providers(needs: Sequence[ScenarioNeeds], policy: DataNeeds | None) -> Iterator[Heading | Grid | Paragraph]:
    """The providers of each datum over all scenarios, with the soonest that any scenario needs it."""
    providers: dict[str, dict[str, tuple[Freshness | None, list[str]]]] = {}
    readers: list[tuple[str, DataNeeds]] = [(each.scenario.name, each) for each in needs]
    readers += [(_POLICY, policy)] if policy is not None else []
    for reader, reader_needs in readers:
        for owner, name, freshness in _provided(reader_needs):
            before, scenarios = providers.setdefault(owner, {}).get(name, (freshness, []))
            soonest = min((needed for needed in (before, freshness) if needed is not None), default=None)
            providers[owner][name] = (soonest, [*scenarios, reader])
    yield Heading(3, "Who provides what")
    if not providers:
        yield Paragraph("These scenarios need no data.")
    for owner in sorted(providers, key=lambda name: (not name, name)):
        yield Heading(4, owner or NOBODY, "" if owner else "set `owner:` in events.yaml and project.yaml")
        rows = [
            row(name, freshness.words if freshness is not None else "when it changes", ", ".join(scenarios))
            for name, (freshness, scenarios) in providers[owner].items()
        ]
        yield Grid(("what", "required", "for"), tuple(rows))


def _policy(needs: DataNeeds) -> Document:
    """The needs of quiet hours and frequency caps: a line for each event, because none starts or moves a journey."""
    document: Document = [
        Heading(3, "The delivery policy", "quiet hours and frequency caps, for the marketing messages of all scenarios")
    ]
    if needs.events:
        rows = [
            row(f"`{need.name}`", need.freshness.words, need.event.owner or NOBODY,
                ", ".join(role.removeprefix("counted: ") for role in need.roles))
            for need in needs.events
        ]  # fmt: skip
        document += [Heading(4, "Events"), Grid(("event", "required", "comes from", "counted by"), tuple(rows))]
    if not (needs.events or needs.attributes or needs.metrics or needs.segments or needs.constants or needs.tables):
        document.append(Paragraph("It needs no data."))
    return [*document, *_values(needs)]


def _provided(needs: DataNeeds) -> Iterator[tuple[str, str, Freshness | None]]:
    for event in needs.events:
        if event.maker:
            continue
        yield event.event.owner, f"event `{event.name}`", event.freshness
        for property_ in event.properties:
            if property_.owner not in ("", event.event.owner):
                yield property_.owner, f"`{property_.name}` of `{event.name}`", event.freshness
    for attribute in needs.attributes:
        yield attribute.owner, f"attribute `{attribute.name}`", attribute.freshness
    for table in needs.tables:
        yield table.owner, f"table `{table.name}`", None


def _scenario(needs: ScenarioNeeds) -> Document:
    scenario = needs.scenario
    document: Document = [Heading(3, scenario.title or scenario.name, f"`{scenario.name}`, {scenario.status}")]
    for event in needs.events:
        document += _event(event)
    return [*document, *_values(needs)]


def _values(needs: DataNeeds) -> Document:
    """The attributes, metrics, segments, constants and tables that are needed."""
    document: Document = []
    if needs.attributes:
        rows = [
            row(
                f"`{attribute.name}`",
                attribute.type,
                attribute.freshness.words if attribute.freshness else "",
                attribute.uses,
            )
            for attribute in needs.attributes
        ]
        document += [Heading(4, "Attributes of the contact"), Grid(("attribute", "type", "required", "for"),
                                                                   tuple(rows))]  # fmt: skip
    definitions = [row(f"`metric.{metric.name}`", f"`{metric.text}`", metric.uses) for metric in needs.metrics]
    definitions += [row(f"`segment.{segment.name}`", f"`{segment.text}`", segment.uses) for segment in needs.segments]
    if definitions:
        document += [Heading(4, "Metrics and segments", "calculated here, from the events and attributes above"),
                     Grid(("name", "is", "for"), tuple(definitions))]  # fmt: skip
    if needs.constants:
        rows = [row(f"`const.{constant.name}`", f"`{constant.text}`", constant.uses) for constant in needs.constants]
        document += [Heading(4, "Constants", "set in project.yaml"), Grid(("constant", "is", "for"), tuple(rows))]
    if needs.tables:
        rows = [
            row(f"`{table.name}`", f"`{table.file}`", f"`{table.key}`", tuple(f"`{name}`" for name in table.columns))
            for table in needs.tables
        ]
        document += [Heading(4, "Reference tables"), Grid(("table", "file", "key", "columns"), tuple(rows))]
    return document


def _event(need: EventNeed) -> Document:
    event = need.event
    source = f"created here, by {need.maker}" if need.maker else event.owner or NOBODY
    document: Document = [
        Heading(4, f"Event `{event.name}`", event.description),
        facts(
            ("is sent when", event.triggered_when),
            ("does", need.roles),
            ("required", f"{need.freshness.words}: {need.freshness.why}"),
            ("comes from", source),
            ("concerns", "all contacts: it has no contact" if event.broadcast else ""),
        ),
    ]
    if need.properties:
        rows = [row(f"`{property_.name}`", _type(property_), property_.uses) for property_ in need.properties]
        document.append(Grid(("property", "type", "for"), tuple(rows)))
    return document


def _type(need: ValueNeed) -> str:
    """The type, and whether every event has it; this is not checked for inner values."""
    type_ = need.type or "any"
    inside = "." in need.name or "[" in need.name
    return type_ if inside else f"{type_}, {'always' if need.always else 'may be missing'}"
