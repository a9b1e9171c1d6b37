"""The reference agrees with the engine on the documentation's examples, so the pages check it too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.events.reference_tables import opened
from scenario_cli.hosts.tables import load_tables
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import plain
from scenario_cli.model.event import Event
from scenario_cli.model.project import Project
from scenario_cli.model.records import Record
from scenario_cli.model.source import whole_file
from scenario_cli.model.wait_grammar import parse_wait
from tests.docs import example_projects as projects
from tests.docs.pages import PAGES, ROOT, Example, examples_of
from tests.docs.test_command_examples import PAGES_OF_COMMANDS
from tests.engine.worlds import moment
from tests.reference import clock
from tests.reference.facts import facts_of
from tests.reference.interpreter import Contact, Tables
from tests.rows import rows

TRACES = [
    example
    for page in PAGES
    if page not in PAGES_OF_COMMANDS
    for example in examples_of(page)
    if example.of("trace") is not None
]
_INPUT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)  (event|profile|end of the log)(?: (.*))?")
_EVENT = re.compile(r"(\S+)(?: (\{.*\}))?(?: with id (\S+))?")


def _mapping(text: str) -> dict[str, Any]:
    node, _ = read_yaml(text.encode(), "trace")
    value = plain(node) if node is not None else {}
    assert isinstance(value, dict)
    return value


def _rows(project: Project) -> Tables:
    zone = clock.zone_named(project.timezone)
    assert zone is not None
    by_table: dict[str, list[tuple[Any, int | None, Mapping[str, Any]]]] = {}
    with opened(project.tables.values()) as read:
        for name, table in project.tables.items():
            rows = by_table[name] = []
            for key, since, row in read(table):
                valid = clock.read(since, zone)
                rows.append((key, None if valid is None else clock.since_epoch(valid), row))
    return by_table


@rows("example", TRACES, ids=lambda example: example.name)
def test_the_reference_agrees_with_the_executor_on_an_example(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project = projects.load(example, tmp_path).project
    trace = example.of("trace")
    assert trace is not None
    lines = trace.text.splitlines()
    profile = dict(projects.ANA)
    if lines[0].startswith("contact "):
        profile = {"timezone": projects.ZONE, **_mapping(lines[0].removeprefix("contact "))}
    inputs_read = [read for line in lines if (read := _INPUT.fullmatch(line)) is not None]
    zone = profile["timezone"]
    start = moment(inputs_read[0][1], zone)
    program = compile_program(project, tables=load_tables(project))
    state = new_contact(program, "ana", profile, start)
    reference = Contact(project, "ana", profile, start, _rows(project))
    records: list[Record] = []
    for at_text, kind, rest in (read.groups() for read in inputs_read):
        at = moment(at_text, zone)
        if kind == "event":
            read = _EVENT.fullmatch(rest or "")
            assert read is not None
            event = Event(read[1], at, _mapping(read[2] or "{}"), read[3])
            records += step(program, state, event)
            reference.take(event)
        elif kind == "profile":
            records += change_profile(program, state, at, _mapping(rest))
            reference.take_row(at, _mapping(rest))
        else:
            records += advance(program, state, at)
            reference.pass_time(at)
    assert facts_of(records) == reference.facts


@rows(("wait", "begins", "over"), projects.waits_of(ROOT / "docs" / "language" / "waits.md"))
def test_the_reference_knows_when_a_wait_of_the_page_is_over(wait: str, begins: str, over: str) -> None:
    zone = clock.zone_named(projects.ZONE)
    assert zone is not None
    parsed = parse_wait(wait, whole_file(""))
    plain_wait = clock.Plain(parsed.duration, parsed.at, parsed.days, parsed.cron)
    at = clock.wait_over(plain_wait, moment(begins[4:], projects.ZONE), zone)
    assert f"{clock.shows(at, zone):%a %Y-%m-%d %H:%M}" == over
