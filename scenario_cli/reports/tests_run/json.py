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
from scenario_cli.reports.tests_run.shared_causes import failing_alike

FORMAT_VERSION = 1


def test_json(verdicts: Sequence[Verdict], coverages: Sequence[Coverage] | None) -> str:
    failed = sum(not verdict.passed for verdict in verdicts)
    like = {id(verdict): first for first, *rest in failing_alike(verdicts) for verdict in rest}
    document = {
        "format_version": FORMAT_VERSION,
        "command": "test",
        "passed": len(verdicts) - failed,
        "failed": failed,
        "cases": [_case(verdict, like.get(id(verdict))) for verdict in verdicts],
        "coverage": None if coverages is None else _coverage(coverages),
    }
    return json_text(document)


def _case(verdict: Verdict, like: Verdict | None) -> dict[str, Any]:
    """A case; `like` is one before it that fails for the same cause."""
    run = verdict.run
    first = {"file": like.run.file, "line": like.run.case.span.line} if like is not None else None
    return {
        "file": run.file,
        "line": run.case.span.line,
        "name": run.case.name,
        "passed": verdict.passed,
        "differences": list(words.differences(verdict)),
        "fails_like": first,
        "messages": [_message(played, run.timezone) for played in run.messages],
        "journeys": [
            {"scenario": journey.scenario, "key": journey.key, "states": journey.states, "outcome": journey.outcome}
            for journey in run.journeys
        ],
        "conversions": len(run.conversions),
        "timeline": None if verdict.passed else _timeline(run),
    }


def _message(played: Played, timezone: str) -> dict[str, Any]:
    message, row = played.request, played.row
    return {
        "at": record_words.clock(message.at, timezone).isoformat(),
        "scenario": message.scenario,
        "state": message.state,
        "channel": message.channel,
        "template": message.template,
        "dropped": row.reason,
        "detail": row.detail,
        "address": row.address,
        "locale": row.locale,
        "fields": row.fields,
    }


def _timeline(run: CaseRun) -> list[dict[str, Any]]:
    """A record in the words of the terminal; conditions with the values that they saw."""
    entries: list[dict[str, Any]] = []
    reasons = {played.request.message_id: played.reason for played in run.messages}
    for record in run.story:
        if isinstance(record, Looked) and not record_words.explains(record):
            continue
        entry: dict[str, Any] = {
            "at": record_words.clock(record.at, run.timezone).isoformat(),
            "kind": "event" if isinstance(record, Fed) else record_words.kind(record),
            "scenario": None if isinstance(record, Fed) else record.scenario or None,
            "text": record_words.message(record, reasons[record.message_id])
            if isinstance(record, Asked)
            else words.record_text(record, run.timezone),
        }
        if isinstance(record, Looked):
            entry["condition"], entry["held"] = record.condition, record.held
            entry["failed"] = record.failed or None
            entry["values"] = {name: record_words.value(value) for name, value in record.values}
        entries.append(entry)
    return entries


def _coverage(coverages: Sequence[Coverage]) -> dict[str, Any]:
    return {
        "percent": share(coverages),
        "scenarios": [
            {
                "scenario": coverage.scenario,
                "percent": share([coverage]),
                **{kind: dict(zip(("covered", "total"), coverage.count(kind), strict=True)) for kind in KINDS},
                "missed": [
                    {
                        "kind": element.kind,
                        "state": element.state or None,
                        "text": element.text,
                        "file": element.span.file,
                        "line": element.span.line,
                        "column": element.span.column,
                    }
                    for element in coverage.missed
                ],
            }
            for coverage in coverages
        ],
    }
