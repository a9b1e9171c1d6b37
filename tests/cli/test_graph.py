"""`scenario graph`: every path of a scenario in every format, and the contacts on each path."""

from __future__ import annotations

import json
import re
import shutil
import sysconfig
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from tests.output_schema import fitting

EVERY_WAY = """\
scenario: every_way
title: Every way
trigger: [{event: signed_up, where: event.n > 1}, {event: came_back}]
audience: contact.points != 13
goal: {event: bought, of: hello, ends: won}
on:
  left: {end: gone}
  noted: {set: {latest: =event}}
when:
  contact.email is none: {end: no_email}
states:
  hello:
    send: {email: {template: hello, if: event.n < 9}}
    on:
      bought: {where: "event.note == 'a \\"quote\\" & <b> #1 | x'", to: test}
      signed_up: hello
    when: {contact.points > 3: test}
    after: [{wait: 2d at 10:00 on weekdays, if: contact.points > 1, to: test}, {wait: at 18:00, to: test}]
  test: {split: {left: 1, right: 3}}
  left: {next: choice}
  right: {send: {first_of: [{push: hello}, {sms: hello}]}, next: choice}
  choice:
    choose: {contact.points > 1: over, else: {end: small}}
  over: {end: large}
"""

PLAN = """\
profile: {email: string, points: number, push_token: string}
events:
  signed_up: {properties: {n: number}}
  came_back: {properties: {n: number}}
  bought: {properties: {note: string, message_id: string}}
  left: {}
  noted: {properties: {note: string}}
"""

TEXT = """\
every_way  Every way

● signed_up if event.n > 1 or came_back, only contact.points != 13
▼
┌────────────────────────────┐
│ hello                      │
│ email hello if event.n < 9 │
└────────────────────────────┘
 ├─ signed_up ─▶ hello ↺
 │  bought if event.note == 'a "quote" & <b> #1 | x'
 │  when contact.points > 3
 │  after 2d at 10:00 on weekdays if contact.points > 1
 │  at 18:00
 ▼
┌──────┐
│ test │
└──────┘
 ├─ 75% ─▶ right
 │  25%
 ▼
┌──────┐
│ left │
└──────┘
 └─▶ choice

┌─────────────────────────────────┐
│ right                           │
│ first of: push hello, sms hello │
└─────────────────────────────────┘
 │
 ▼
┌────────┐
│ choice │
└────────┘
 ├─ else ─▶ ■ small
 │  if contact.points > 1
 ▼
┌──────┐
│ over │
└──────┘
 └─▶ ■ large

In every state
 │  on noted: keeps latest
 ├─ goal: bought of the message of hello ─▶ ■ won
 ├─ left ─▶ ■ gone
 └─ when contact.email is none ─▶ ■ no_email
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "templates").mkdir(parents=True)
    channels = "channels: {email: {address: contact.email}, push: {address: contact.push_token}, sms: {}}\n"
    (folder / "project.yaml").write_text(f"project: shop\ntimezone: Europe/Paris\n{channels}")
    (folder / "events.yaml").write_text(PLAN)
    (folder / "every_way.yaml").write_text(EVERY_WAY)
    for channel in ("email", "push", "sms"):
        (folder / "templates" / f"hello.{channel}.j2").write_text("Hello")
    return folder


@pytest.fixture
def drawn(project: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def draw(*arguments: str) -> str:
        capsys.readouterr()
        assert run(["graph", "every_way", "--project", str(project), *arguments]) == 0
        return capsys.readouterr().out

    return draw


def test_the_terminal_shows_every_way(drawn: Callable[..., str]) -> None:
    assert drawn() == TEXT


def test_a_narrow_terminal_wraps_and_loses_nothing(drawn: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "44")
    narrow = drawn()
    assert max(map(len, narrow.splitlines())) <= 44
    assert re.findall(r"\w+", narrow) == re.findall(r"\w+", TEXT)


def document(drawn: Callable[..., str], *arguments: str) -> dict[str, Any]:
    return fitting("graph", drawn("--format", "json", *arguments))


def test_every_format_has_every_edge(drawn: Callable[..., str]) -> None:
    edges = document(drawn)["edges"]
    assert {edge["kind"] for edge in edges} == {
        "enter", "on", "when", "after", "choose", "split", "next", "goal", "end",
    }  # fmt: skip
    assert len(edges) == 16
    assert len(re.findall(r"^  \"[^\n]* -> ", drawn("--format", "dot"), re.MULTILINE)) == len(edges)
    assert len(re.findall(r"^  \w+ -[-.]+>", drawn("--format", "mermaid"), re.MULTILINE)) == len(edges)
    lines = EVERY_WAY.splitlines()
    for edge in edges:
        if edge["line"] and edge["kind"] != "goal":
            assert edge["target"].removeprefix("end:") in lines[edge["line"] - 1]


def test_words_of_conditions_cannot_end_a_label(drawn: Callable[..., str]) -> None:
    label = "if event.note == 'a &quot;quote&quot; &amp; &lt;b&gt; &num;1 | x'"
    assert f'|"bought<br/>{label}"|' in drawn("--format", "mermaid")


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.svg", "<?xml"), ("a.dot", "digraph"), ("a.mmd", "flowchart"), ("a.json", "{"), ("a.txt", "every_way")],
)
def test_the_ending_of_the_output_decides_the_format(
    name: str, begins: str, tmp_path: Path, drawn: Callable[..., str]
) -> None:
    assert drawn("--output", str(tmp_path / name)) == ""
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize("graphviz", [True, False])
def test_svg_is_drawn_by_graphviz_where_it_is_on_the_path_else_by_its_port(
    graphviz: bool, drawn: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, used = shutil.which, tmp_path / "used"
    port = find("graphviz-pure", path=sysconfig.get_path("scripts"))
    dot = tmp_path / "dot"  # a program with the name, the input and the output of Graphviz's
    dot.write_text(f'#!/bin/sh\ntouch "{used}"\nexec "{port}" "$@"\n')
    dot.chmod(0o755)

    def which(name: str, path: str | None = None) -> str | None:
        return (str(dot) if graphviz else None) if name == "dot" else find(name, path=path)

    monkeypatch.setattr(shutil, "which", which)
    root = ET.fromstring(drawn("--format", "svg"))
    assert used.exists() is graphviz
    groups = root.iter("{http://www.w3.org/2000/svg}g")
    assert sum(group.get("class") == "edge" for group in groups) == 16
    words = " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "75%" in words
    assert "first of: push hello, sms" in words
    assert '"quote" & <b> #1' in " ".join(words.split())


def test_a_missing_renderer_is_an_error_with_a_remedy(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    assert run(["graph", "every_way", "--project", str(project), "--format", "svg"]) == 2
    assert "install Graphviz, or write --format dot" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["every_wy"], "did you mean 'every_way'?"),
        (["every_way", "--format", "png"], "--format cannot be 'png'"),
        (["every_way", "--from", "2025-01-01"], "--from needs an event log\n  add --events PATH"),
        (["every_way", "--workers", "2"], "--workers needs an event log"),
        (["every_way", "--dedupe"], "--dedupe needs an event log"),
        (["every_way", "--only"], "--only needs an event log"),
        (["every_way", "--identity", "off"], "--identity needs an event log"),
        (["every_way", "--counts"], "no event export is given"),
    ],
)
def test_a_graph_that_cannot_be_drawn_is_an_error(
    arguments: list[str], expected: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["graph", *arguments, "--project", str(project)]) == 2
    assert expected in capsys.readouterr().err


def test_edges_count_contacts_and_times(project: Path, drawn: Callable[..., str]) -> None:
    log = project / "log.csv"
    log.write_text(
        "contact_id,event,timestamp,n,note\n"
        "ana,signed_up,2025-03-03T08:00,2,\n"
        "ana,signed_up,2025-03-03T09:00,2,\n"
        "ana,signed_up,2025-03-03T09:30,2,\n"
        "bo,came_back,2025-03-03T09:00,2,\n"
        "bo,left,2025-03-03T10:00,,\n"
        "cy,signed_up,2025-03-03T08:00,1,\n"
    )
    contacts = project / "contacts.csv"
    contacts.write_text("contact_id,email\nana,a@example.com\nbo,b@example.com\n")
    drawing = document(drawn, "--events", str(log), "--contacts", str(contacts), "--until", "2025-03-04")
    counts = {
        (edge["source"], edge["label"], edge["target"]): (edge["contacts"], edge["times"]) for edge in drawing["edges"]
    }
    assert counts[("(start)", "signed_up if event.n > 1 or came_back, only contact.points != 13", "hello")] == (2, 2)
    assert counts[("hello", "signed_up", "hello")] == (1, 2)
    assert counts[("hello", "at 18:00", "test")] == (1, 1)
    assert counts[("(anywhere)", "left", "end:gone")] == (1, 1)
    assert counts[("(anywhere)", "when contact.email is none", "end:no_email")] == (0, 0)
    assert counts[("hello", "after 2d at 10:00 on weekdays if contact.points > 1", "test")] == (0, 0)
    assert drawing["note"] == "contacts from 2025-03-03 to 2025-03-04"


def test_a_log_is_read_as_by_other_commands(project: Path, drawn: Callable[..., str]) -> None:
    log = project / "log.csv"
    row = "ana,signed_up,2025-03-03T08:00,2\n"
    contacts = project / "contacts.csv"
    contacts.write_text("contact_id,email\nana,a@example.com\n")
    log.write_text(f"who,event,timestamp,n\n{row}{row}")
    query = f"select who as contact_id, event, timestamp, n from '{log}' order by all"

    def times(*arguments: str) -> dict[str, int]:
        edges = document(drawn, "--contacts", str(contacts), *arguments)["edges"]
        return {edge["label"]: edge["times"] for edge in edges if edge["label"].startswith("signed_up")}

    counts = {"signed_up if event.n > 1 or came_back, only contact.points != 13": 1, "signed_up": 1}
    once = {**counts, "signed_up": 0}
    assert times("--events", str(log), "--map", "contact_id=who") == counts
    assert times("--events", str(log), "--map", "contact_id=who", "--dedupe") == once
    assert times("--query", query) == counts


def test_journeys_that_arrive_at_a_state_leave_it_or_wait_there(
    small_shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Part of the shipped log over a shipped scenario: the picture and the dry run count the same journeys."""
    arguments = ["nurturing", "--project", str(small_shop), "--format", "json"]
    assert run(["graph", *arguments, "--counts", "--workers", "2"]) == 0
    edges = json.loads(capsys.readouterr().out)["edges"]
    assert run(["dry-run", *arguments]) == 0
    (counted,) = json.loads(capsys.readouterr().out)["scenarios"]
    assert edges[0]["times"] == counted["entered"] > 0
    for outcome, count in counted["outcomes"].items():
        assert sum(edge["times"] for edge in edges if edge["target"] == f"end:{outcome}") == count
    assert all(edge["contacts"] <= edge["times"] for edge in edges)
    waiting = 0
    for state in {edge["source"] for edge in edges} - {"(start)", "(anywhere)"}:
        arrived = sum(edge["times"] for edge in edges if edge["target"] == state)
        leaving = sum(edge["times"] for edge in edges if edge["source"] == state)
        assert 0 < leaving <= arrived
        waiting += arrived - leaving
    anywhere = sum(edge["times"] for edge in edges if edge["source"] == "(anywhere)")
    assert waiting == counted["running"] + anywhere
