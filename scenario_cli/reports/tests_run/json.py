"""Results of scenario tests as JSON; its schema is `test.output.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenario_cli.analysis.coverage import KINDS, Coverage, share
from scenario_cli.model.case_run import CaseRun, Fed, Played, Verdict
from scenario_cli.model.records import Asked, Looked
from scenario_cli.reports import record_words
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.tests_run import words
from scenario_cli.reports.tests_run.alike import failing_alike

FORMAT_VERSION = 1


def test_json(verdicts: Sequence[Verdict], coverages: Sequence[Coverage] | None) -> str:
    failed = sum(not one.passed for one in verdicts)
    like = {id(one): first for first, *others in failing_alike(verdicts) for one in others}
    document = {
        "format_version": FORMAT_VERSION,
        "command": "test",
        "passed": len(verdicts) - failed,
        "failed": failed,
        "cases": [_case(one, like.get(id(one))) for one in verdicts],
        "coverage": None if coverages is None else _coverage(coverages),
    }
    return json_text(document)


def _case(verdict: Verdict, like: Verdict | None) -> dict[str, Any]:
    """A case; `like` is one before it that fails for the same cause."""
    run = verdict.run
    same = {"file": like.run.file, "line": like.run.case.span.line} if like is not None else None
    return {
        "file": run.file,
        "line": run.case.span.line,
        "name": run.case.name,
        "passed": verdict.passed,
        "differences": list(words.differences(verdict)),
        "fails_like": same,
        "messages": [_message(one, run.timezone) for one in run.messages],
        "journeys": [
            {"scenario": one.scenario, "key": one.key, "states": one.states, "outcome": one.outcome}
            for one in run.journeys
        ],
        "conversions": len(run.conversions),
        "timeline": None if verdict.passed else _timeline(run),
    }


def _message(played: Played, timezone: str) -> dict[str, Any]:
    asked, row = played.asked, played.row
    return {
        "at": record_words.clock(asked.at, timezone).isoformat(),
        "scenario": asked.scenario,
        "state": asked.state,
        "channel": asked.channel,
        "template": asked.template,
        "dropped": row.reason,
        "detail": row.detail,
        "address": row.address,
        "locale": row.locale,
        "fields": row.fields,
    }


def _timeline(run: CaseRun) -> list[dict[str, Any]]:
    """A record in the words of the terminal; conditions with the values that they saw."""
    told: list[dict[str, Any]] = []
    reasons = {one.asked.message_id: one.reason for one in run.messages}
    for one in run.story:
        if isinstance(one, Looked) and not record_words.explains(one):
            continue
        entry: dict[str, Any] = {
            "at": record_words.clock(one.at, run.timezone).isoformat(),
            "kind": "event" if isinstance(one, Fed) else record_words.kind(one),
            "scenario": None if isinstance(one, Fed) else one.scenario or None,
            "text": record_words.message(one, reasons[one.message_id])
            if isinstance(one, Asked)
            else words.told(one, run.timezone),
        }
        if isinstance(one, Looked):
            entry["condition"], entry["held"] = one.condition, one.held
            entry["failed"] = one.failed or None
            entry["values"] = {name: record_words.value(value) for name, value in one.values}
        told.append(entry)
    return told


def _coverage(coverages: Sequence[Coverage]) -> dict[str, Any]:
    return {
        "percent": share(coverages),
        "scenarios": [
            {
                "scenario": one.scenario,
                "percent": share([one]),
                **{kind: dict(zip(("covered", "total"), one.count(kind), strict=True)) for kind in KINDS},
                "missed": [
                    {
                        "kind": element.kind,
                        "state": element.state or None,
                        "text": element.text,
                        "file": element.span.file,
                        "line": element.span.line,
                        "column": element.span.column,
                    }
                    for element in one.missed
                ],
            }
            for one in coverages
        ],
    }
