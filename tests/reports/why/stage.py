"""A small project with a log on disk, and the answers of `scenario why` about its contacts. Expects nothing."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from scenario_cli.cli.main import run
from tests.engine.worlds import PARIS, PLAN, UTC, clock, moment, write_project
from tests.output_schema import fitting

# A line of a log: contact, time in Paris, event, properties.
Line = tuple[str, str, str] | tuple[str, str, str, Mapping[str, Any]]
REACHABLE = "ana,ana@example.com,true,Europe/Paris"


def make(
    folder: Path,
    *scenarios: str,
    log: tuple[Line, ...],
    contacts: str = "",
    metrics: str = "",
    policy: str = "",
    plan: str = PLAN,
) -> Path:
    """Writes the project, with `log` as its export; `contacts` are lines of a CSV table, its head first."""
    write_project(folder, *scenarios, metrics=metrics, plan=plan)
    if policy:
        (folder / "policy.yaml").write_text(policy, encoding="utf-8")
    (folder / "data").mkdir()
    lines = [
        {"contact_id": contact, "timestamp": at(when), "event": name, "properties": dict(*properties)}
        for contact, when, name, *properties in log
    ]
    (folder / "data" / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    exports = "exports: {events: data/events.jsonl}\n"
    if contacts:
        (folder / "data" / "contacts.csv").write_text(contacts, encoding="utf-8")
        exports = "exports: {events: data/events.jsonl, contacts: data/contacts.csv}\n"
    project = folder / "project.yaml"
    project.write_text(project.read_text(encoding="utf-8") + exports, encoding="utf-8")
    return folder


def at(when: str) -> str:
    """A time on the clock of Paris as a log writes it."""
    return datetime.fromisoformat(f"{clock(moment(when), 'UTC')}").replace(tzinfo=UTC).isoformat()


def answer(*arguments: str) -> tuple[int, str, str]:
    """The exit code and both streams of a command line."""
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        code = run(list(arguments))
    return code, out.getvalue(), err.getvalue()


def why(project: Path, *arguments: str) -> dict[str, Any]:
    """The story as JSON, checked against its schema."""
    code, out, err = answer("why", *arguments, "--project", str(project), "--format", "json", "--quiet")
    assert (code, err) == (0, ""), err
    return fitting("why", out)


def sentences(document: Mapping[str, Any]) -> list[str]:
    """The events of the story, one a line, without times and conditions."""
    return [line["text"] for line in document["timeline"] if line["text"]]


def why_not(document: Mapping[str, Any], scenario: str = "") -> list[str]:
    """The reasons why the contact never entered a scenario, one a trigger: the kind of hindrance and the sentence."""
    (never,) = (each for each in document["never_entered"] if scenario in ("", each["scenario"]))
    kinds = [trigger["why"] for trigger in never["triggers"]] or [never["status"]]
    return [f"{kind}: {text}" for kind, text in zip(kinds, never["text"], strict=True)]


__all__ = ("PARIS", "REACHABLE", "answer", "make", "sentences", "why", "why_not")
