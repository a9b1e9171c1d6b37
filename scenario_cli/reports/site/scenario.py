"""The page of a scenario: its machine, flow, messages, drops, refusals, tests, and the data that it reads and makes."""

from __future__ import annotations

from scenario_cli.analysis.flow import Step, flow
from scenario_cli.analysis.labels import (
    duration_label,
    entry_label,
    exit_label,
    goal_label,
    happens_labels,
    limit_labels,
    send_label,
    stays_label,
)
from scenario_cli.analysis.writing_needs import EVERY_STATE, MessageNeed, writing_needs
from scenario_cli.model.authorship import Authorship
from scenario_cli.model.exits import own_exits
from scenario_cli.model.results import DryRun, ScenarioResult
from scenario_cli.model.scenario import FirstOf, Scenario, State
from scenario_cli.reports.dry_run.facts import most_first, outcome_parts, scenario_facts
from scenario_cli.reports.dry_run.tables import entrance, funnel_table, reasons
from scenario_cli.reports.look.table import Cell, CellContent, Column, Row, Table, Text, cell, row
from scenario_cli.reports.record_words import DROPPED, REFUSED
from scenario_cli.reports.site.addresses import OVERVIEW, anchor
from scenario_cli.reports.site.cards import cards_of
from scenario_cli.reports.site.cases import tests_of
from scenario_cli.reports.site.content import Content, MessageKey
from scenario_cli.reports.site.figures import figures_of
from scenario_cli.reports.site.frame import site_page
from scenario_cli.reports.site.lineage import lineage_of
from scenario_cli.reports.site.links import Links
from scenario_cli.reports.site.machine import machine
from scenario_cli.reports.text import percent, plural


def scenario_page(content: Content, scenario: Scenario) -> str:
    page = content.scenario_files[scenario.name]
    links = Links(content, page)
    run = content.run
    result = run.summary.scenarios.get(scenario.name) if run is not None else None
    steps = flow(scenario)
    lineage = lineage_of(scenario, links)
    tests = tests_of(scenario, links)
    contents = [("Machine", "#machine"), ("Flow", "#flow"), ("Messages", "#messages")]
    contents += [("Drops and refusals", "#drops")] if result is not None else []
    contents += [("Tests", "#tests"), ("Reads", "#reads"), ("Makes", "#makes")]
    return site_page(
        links,
        "scenario",
        scenario.title or scenario.name,
        _trail(scenario, links),
        name=scenario.name,
        status=scenario.status,
        description=scenario.description,
        facts=_facts(scenario, content),
        tiles=_tiles(result),
        sum=_sum(result, run) if result is not None and run is not None else [],
        contents=contents,
        machine=machine(scenario, run, {name: f"#{anchor('state', name)}" for name in scenario.states}),
        flow=_flow(scenario, steps, result, links),
        messages=_messages(scenario, steps, result, links),
        cards=cards_of(scenario, links),
        drops=_drops(result),
        refusals=_refusals(result),
        ran=result is not None,
        tests=tests,
        lineage=lineage,
    )


def _trail(scenario: Scenario, links: Links) -> list[Text]:
    trail = [Text("Overview", links.to(OVERVIEW))]
    if scenario.program is not None:
        program = links.content.project.programs.get(scenario.program.text)
        if program is not None:
            trail.append(Text(program.title or program.name, links.to(f"{OVERVIEW}#{anchor('program', program.name)}")))
    return trail


def _facts(scenario: Scenario, content: Content) -> list[tuple[str, Cell]]:
    first, last = scenario.active
    active = [f"from {first}"] * (first is not None) + [f"until {last}"] * (last is not None)
    goal = scenario.goal
    pairs: list[tuple[str, CellContent]] = [
        ("owner", scenario.owner or "nobody named"),
        ("reviewed", scenario.reviewed or "never"),
        *_authorship(content.authors.get(content.below(scenario.file))),
        ("phase", scenario.phase.text if scenario.phase is not None else ""),
        ("who enters", entry_label(scenario)),
        ("one journey per", " ".join(scenario.key.source.split()) if scenario.key is not None else "contact"),
        ("enters again", _reentry(scenario)),
        ("active", " ".join(active)),
        ("at once", ", ".join(limit_labels(scenario))),
        ("goal", f"{goal_label(goal).removeprefix('goal: ')}, within {duration_label(goal.within)}" if goal else ""),
        ("held out", f"{100 * scenario.holdout:.3g}% of contacts" if scenario.holdout else ""),
        ("priority", f"{scenario.priority}"),
        ("purpose", scenario.purpose if scenario.purpose != "marketing" else ""),
        ("file", Text(content.below(scenario.file), code=True)),
        ("version", f"{scenario.version}"),
    ]
    return [(word, cell(value)) for word, value in pairs if value]


def _authorship(file: Authorship | None) -> list[tuple[str, CellContent]]:
    if file is None:
        return []
    changed = (
        [("last change", f"{file.last_by}, {file.last_on}")]
        if (file.last_by, file.last_on) != (file.by, file.on)
        else []
    )
    return [("written by", f"{file.by}, {file.on}"), *changed]


def _sum(result: ScenarioResult, run: DryRun) -> list[tuple[str, list[str]]]:
    """The facts missing from the tables below."""
    journeys = [("journeys", outcome_parts(result))] if result.entered else []
    others = [
        (word, parts) for word, parts in scenario_facts(result, run) if word not in ("sent", "dropped", "refused")
    ]
    return [*journeys, *others]


def _reentry(scenario: Scenario) -> str:
    values = dict.fromkeys(scenario.reentry_of(trigger) for trigger in scenario.triggers)
    words = [value if isinstance(value, str) else f"after {duration_label(value)}" for value in values]
    return " or ".join(words)


def _tiles(result: ScenarioResult | None) -> list[tuple[str, str, str]]:
    if result is None:
        return []
    return [
        ("entered", f"{result.entered:,}", plural(result.contacts, "contact")),
        ("messages sent", f"{result.sent.total():,}", ""),
        ("dropped", f"{result.dropped.total():,}", ""),
        ("converted", f"{result.converted:,}", percent(result.converted, result.entered)),
        ("running", f"{result.running:,}", ""),
    ]


def _flow(scenario: Scenario, steps: tuple[Step, ...], result: ScenarioResult | None, links: Links) -> Table:
    """The states in the order of the flow: their actions, their exits, and how many contacts reached them."""
    columns: list[Column] = [Column("state")]
    funnel = funnel_table(steps, result, Text) if result is not None and result.entered else None
    if funnel is not None:
        columns += funnel.columns[1:]
    columns += [Column("does"), Column("leads to")]
    rows = []
    for number, step in enumerate(steps):
        state = scenario.states[step.state]
        figures = funnel.rows[number].cells[1:] if funnel is not None else ()
        rows.append(
            row(
                Text(state.name, code=True), *figures, _does(scenario, state, links), _leads(state),
                side=not step.is_main, why=entrance(step), id=anchor("state", state.name),
            )
        )  # fmt: skip
    return Table("States in the order of the flow", tuple(columns), tuple(rows))


def _does(scenario: Scenario, state: State, links: Links) -> list[Text | str]:
    labels: list[Text | str] = [Text(state.description)] if state.description else []
    labels += [f"keeps {', '.join(name.text for name, _ in state.set)}"] if state.set else []
    labels += happens_labels(state.update, state.emit)
    for sending in state.sendings:
        for send in sending.send:
            first = send.messages[0] if isinstance(send, FirstOf) else send
            key = (state.name, first.channel.text, first.template.text)
            if sending.transition is None:
                labels.append(links.message(scenario.name, key, send_label(send)))
    labels += [stays_label(transition) for transition in state.on if transition.target is None]
    return labels


def _leads(state: State) -> list[Text | str]:
    """The ways out, each with its target."""
    targets: list[Text | str] = []
    for exit_ in own_exits(state):
        if exit_.target is None:
            continue
        label = exit_label(exit_)
        address = f"#{anchor('state', exit_.state)}" if exit_.state else ""
        targets.append(Text(exit_.state or f"end: {exit_.outcome}", address, before=f"{label} → " if label else "→ "))
    return targets


def _messages(scenario: Scenario, steps: tuple[Step, ...], result: ScenarioResult | None, links: Links) -> Table:
    needs = writing_needs(scenario, links.content.project, links.content.variables).messages
    order = {step.state: place for place, step in enumerate(steps)}
    columns = [Column("message"), Column("when"), Column("to whom"), Column("languages")]
    if result is not None:
        columns += [Column("sent", True), Column("dropped", True), Column("dropped because")]
    rows: dict[MessageKey, Row] = {}
    for need in sorted(needs, key=lambda need: order.get(need.state, len(order))):
        key = ("" if need.state == EVERY_STATE else need.state, need.channel, need.template)
        rows.setdefault(key, _message(scenario, key, need, result, links))
    total = None
    if result is not None and len(rows) > 1:
        total = row("all", "", "", "", result.sent.total(), result.dropped.total(), "")
    return Table("Messages", tuple(columns), tuple(rows.values()), total, sorts=True)


def _message(
    scenario: Scenario, key: MessageKey, need: MessageNeed, result: ScenarioResult | None, links: Links
) -> Row:
    languages = ", ".join(need.locales) or "none yet"
    cells: list[CellContent] = [
        (links.message(scenario.name, key, f"{need.state}: {need.channel}"), Text(need.template, code=True)),
        need.moments or ("no path leads here",),
        need.conditions,
        (languages, *([f"missing: {', '.join(need.missing)}"] if need.missing else [])),
    ]
    if result is not None:
        sent, drops = figures_of(key, result)
        cells += [sent, drops.total(), reasons(drops)]
    return row(*cells)


def _drops(result: ScenarioResult | None) -> Table | None:
    if result is None or not result.dropped:
        return None
    rows = [row(channel, DROPPED.get(reason, reason), count) for (channel, reason), count in most_first(result.dropped)]
    total = row("all", "", result.dropped.total()) if len(rows) > 1 else None
    columns = (Column("channel"), Column("dropped because"), Column("messages", True))
    return Table("Dropped messages", columns, tuple(rows), total, sorts=True)


def _refusals(result: ScenarioResult | None) -> Table | None:
    if result is None or not result.refused:
        return None
    rows = [row(REFUSED.get(reason, reason), count) for reason, count in most_first(result.refused)]
    total = row("all", result.refused.total()) if len(rows) > 1 else None
    return Table("Refused entries", (Column("reason"), Column("times", True)), tuple(rows), total, True)
