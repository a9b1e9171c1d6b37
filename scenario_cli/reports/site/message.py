"""The page of a message: its look in each language, its time, recipients and frequency, and the data that it reads."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.analysis.writing_needs import EVERY_STATE, MessageNeed, VariableNeed
from scenario_cli.model.results import ScenarioResult
from scenario_cli.model.scenario import Scenario
from scenario_cli.reports.dry_run.facts import most_first
from scenario_cli.reports.look.table import Cell, Column, Table, Text, cell, row
from scenario_cli.reports.preview.page import message_values
from scenario_cli.reports.record_words import DROPPED
from scenario_cli.reports.site.addresses import OVERVIEW, anchor
from scenario_cli.reports.site.cards import renderings_of
from scenario_cli.reports.site.content import Content, MessageKey
from scenario_cli.reports.site.figures import figures_of
from scenario_cli.reports.site.frame import site_page
from scenario_cli.reports.site.links import Links
from scenario_cli.reports.text import percent

# The first names of values of the profile and of the project, with their meaning.
_OWNERS = {"contact": "attribute", "metric": "metric", "segment": "segment", "const": "constant"}


def message_page(content: Content, scenario: Scenario, need: MessageNeed, beside: tuple[Text, ...]) -> str:
    """`beside` are links to the messages before and after."""
    key = key_of(need)
    links = Links(content, content.message_files[scenario.name, key])
    run = content.run
    result = run.summary.scenarios.get(scenario.name) if run is not None else None
    preview = content.previews.get(scenario.name)
    shown = (
        [
            {**message_values(message, preview, sealed=True), "locale": message.locale or content.project.locale}
            for message in renderings_of(scenario, key, links)
        ]
        if preview
        else []
    )
    return site_page(
        links,
        "message",
        f"{need.state}: {need.channel}",
        [Text("Overview", links.to(OVERVIEW)), links.scenario(scenario.name, scenario.title or scenario.name)],
        template=need.template,
        sender=content.title,
        facts=list(_facts(scenario, need, links)),
        tiles=_tiles(scenario, key, result, links),
        drops=_drops(key, result),
        shown=shown,
        variables=_variables(need, links),
        tests=_tests(scenario, need, links),
        beside=beside,
    )


def key_of(need: MessageNeed) -> MessageKey:
    return "" if need.state == EVERY_STATE else need.state, need.channel, need.template


def _facts(scenario: Scenario, need: MessageNeed, links: Links) -> Iterator[tuple[str, Cell]]:
    project = links.content.project
    files = [template.path for template in project.templates
             if (template.name, template.channel) == (need.template, need.channel)]  # fmt: skip
    state = [links.scenario(scenario.name, need.state, anchor("state", need.state))]
    pairs: list[tuple[str, list[Text]]] = [
        ("state", state if need.state in scenario.states else [Text(need.state)]),
        ("about", [Text(need.about)] if need.about else []),
        ("channel", [links.link("channel", need.channel, need.channel)]),
        ("when", [Text(moment) for moment in need.moments or ("no path leads here",)]),
        ("no later than", [Text(need.expiry)] if need.expiry else []),
        ("to whom", [Text(condition) for condition in need.conditions]),
        ("purpose", [Text(need.purpose)]),
        ("length", [Text(limit) for limit in need.limits]),
        ("languages", [Text(", ".join(need.locales) or "none yet")]),
        ("missing", [Text(", ".join(need.missing))] if need.missing else []),
        ("files", [Text(f"templates/{file}", code=True) for file in files]),
    ]
    yield from ((word, cell(value)) for word, value in pairs if value)


def _tiles(
    scenario: Scenario, key: MessageKey, result: ScenarioResult | None, links: Links
) -> list[tuple[str, str, str]]:
    if result is None or links.content.run is None:
        return []
    sent, drops = figures_of(key, result)
    requested = sent + drops.total()
    cost = links.content.run.costs.get(key[1], 0.0) * sent
    tiles = [
        ("asked for", f"{requested:,}", ""),
        ("sent", f"{sent:,}", percent(sent, requested)),
        ("dropped", f"{drops.total():,}", percent(drops.total(), requested)),
        *([("cost", f"{cost:,.2f}", links.content.run.currency)] if cost else []),
    ]
    figures = links.content.results.figures.scenarios.get(scenario.name) if links.content.results else None
    credited = [sendings.converted for message, sendings in (figures.messages if figures else {}).items()
                if message[1:] == key[1:] and key[0] in ("", message[0])]  # fmt: skip
    return [*tiles, ("conversions after it", f"{sum(credited):,}", percent(sum(credited), sent))] if credited else tiles


def _drops(key: MessageKey, result: ScenarioResult | None) -> Table | None:
    drops = figures_of(key, result)[1] if result is not None else None
    if not drops:
        return None
    rows = [row(DROPPED.get(reason, reason), count) for reason, count in most_first(drops)]
    return Table("Dropped because", (Column("dropped because"), Column("messages", True)), tuple(rows), sorts=True)


def _variables(need: MessageNeed, links: Links) -> Table:
    rows = [
        row(_variable(variable, links), variable.type, variable.example,
            "can be missing; then the place stays empty" if variable.may_be_missing else "")
        for variable in need.used
    ]  # fmt: skip
    return Table("Values that it reads", (Column("value"), Column("type"), Column("such as"), Column("")), tuple(rows))


def _variable(variable: VariableNeed, links: Links) -> Text:
    owner, _, name = variable.name.partition(".")
    name = name.partition(".")[0].removesuffix("[]")
    href = links.link(_OWNERS[owner], name).href if owner in _OWNERS else ""
    return Text(variable.name, href, code=True)


def _tests(scenario: Scenario, need: MessageNeed, links: Links) -> list[Text]:
    """The cases that expect the message by its template."""
    file = links.content.scenario_files[scenario.name]
    cases = []
    for tested in links.content.cases.get(scenario.name, ()):
        expected = tested.case.expect.messages or ()
        if any(message.fields.get("template") == need.template
               and message.fields.get("channel", need.channel) == need.channel for message in expected):  # fmt: skip
            cases.append(Text(tested.case.name, links.to(f"{file}#tests")))
    return cases
