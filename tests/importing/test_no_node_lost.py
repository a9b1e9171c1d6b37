"""The report has every node of an export and the project has no errors, for any connections, circles included."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.hosts.scenario_tests import Stage, play
from scenario_cli.importing.assemble import assemble
from scenario_cli.importing.read import read_import
from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files
from scenario_cli.model.case_run import CaseRun
from tests.importing.counting import places

NAMES = st.text(alphabet="abé !'\"{#%:=\U0001f319", min_size=1, max_size=6).filter(str.strip)
EXAMPLES = 10
TYPES = {"action": ["email.send", "lead.changetags", "lead.moon"], "condition": ["lead.field_value", "lead.moon"],
         "decision": ["email.open", "page.pagehit", "lead.moon"]}  # fmt: skip
TWO_DAYS = {"triggerMode": "interval", "triggerInterval": 2, "triggerIntervalUnit": "d"}
STEPS = ["wait", "activation", "decision_point", "ab_test", "merge", "jump", "end", "moon"]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports") / "export.json"


def played(texts: Mapping[str, str]) -> dict[str, list[CaseRun]]:
    """Runs the project's test cases; checks that the project has no errors."""
    loaded = load_files(Memory({path: text.encode() for path, text in texts.items()}), tests=True, errors_only=True)
    assert [finding for finding in loaded.findings if finding.severity == "error"] == []
    stage = Stage(loaded.project)
    return {file.file: [play(stage, file, case) for case in file.cases] for file in loaded.tests}


def accounted(tool: str, value: Any, path: Path) -> None:
    """Imports the value as a file; compares the report with the file, and checks the project by the rules."""
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    assembled = assemble(read_import(tool, [path]), tool, "shop", "UTC", [path], "shop", played)
    assert Counter(node.span.position for node in assembled.report.nodes) == Counter(places(tool, path))
    played({change.path: change.content.decode() for change in assembled.changes if not change.path.startswith(".")})
    assert [note for node in assembled.report.nodes for note in node.notes if not note.file] == []


@st.composite
def dittofeed(draw: st.DrawFn) -> Any:
    ids = [f"n{number}" for number in range(draw(st.integers(1, 6)))]
    target = st.sampled_from([*ids, "ExitNode"])

    def node(id_: str) -> dict[str, Any]:
        kind = draw(st.sampled_from(["delay", "message", "split", "wait", "cohorts", "other"]))
        name = draw(NAMES)
        match kind:
            case "delay":
                seconds = {"type": "Second", "seconds": draw(st.sampled_from([0, 59, 3600, 90_000]))}
                return {"id": id_, "type": "DelayNode", "name": name, "child": draw(target), "variant": seconds}
            case "message":
                variant = {"type": draw(st.sampled_from(["Email", "Sms", "Webhook"])), "templateId": draw(NAMES)}
                return {"id": id_, "type": "MessageNode", "name": name, "child": draw(target), "variant": variant}
            case "split":
                variant = {"type": "Boolean", "segment": "s1", "trueChild": draw(target), "falseChild": draw(target)}
                return {"id": id_, "type": "SegmentSplitNode", "name": name, "variant": variant}
            case "wait":
                child = {"id": draw(target), "segmentId": "s1"}
                return {"id": id_, "type": "WaitForNode", "timeoutSeconds": 60, "timeoutChild": draw(target),
                        "segmentChildren": [child]}  # fmt: skip
            case "cohorts":
                children = [{"id": draw(target), "percent": 50} for _ in range(draw(st.integers(1, 3)))]
                return {"id": id_, "type": "RandomCohortNode", "children": children}
        return {"id": id_, "type": "ExperimentSplitNode", "name": name}

    entry = {"type": "EventEntryNode", "event": draw(NAMES), "child": draw(target)}
    definition = {"entryNode": entry, "exitNode": {"type": "ExitNode"}, "nodes": list(map(node, ids))}
    return {"name": draw(NAMES), "definition": definition, "segments": [{"id": "s1", "name": draw(NAMES)}]}


@st.composite
def klaviyo(draw: st.DrawFn) -> Any:
    ids = [str(number) for number in range(draw(st.integers(1, 6)))]
    target = st.sampled_from([*ids, None])
    kinds = ["send-email", "send-sms", "time-delay", "conditional-split", "update-profile", "code"]

    def condition() -> dict[str, Any]:
        value = draw(st.one_of(NAMES, st.integers(), st.lists(NAMES, min_size=1, max_size=2)))
        operator = draw(st.sampled_from(["equals", "contains", "in", "not-in", "greater-than", "is-set", "moon"]))
        kind = draw(st.sampled_from(["profile-property", "profile-moon", "profile-not-in-flow"]))
        filter_ = {"type": "string", "operator": operator, "value": value}
        return {"type": kind, "property": draw(NAMES), "filter": filter_}

    def filter_() -> dict[str, Any]:
        groups = st.integers(1, 2)
        return {
            "condition_groups": [
                {"conditions": [condition() for _ in range(draw(groups))]} for _ in range(draw(groups))
            ]
        }

    def action(id_: str) -> dict[str, Any]:
        kind = draw(st.sampled_from(kinds))
        links = (
            {"next_if_true": draw(target), "next_if_false": draw(target)} if "split" in kind else {"next": draw(target)}
        )
        message = {"name": draw(NAMES), "subject_line": draw(NAMES), "body": "{{ first_name }}{% now %}{{ x"}
        data: dict[str, Any] = {"message": message} if kind.startswith("send") else {}
        if kind == "time-delay":
            data = {"unit": "hours", "value": draw(st.integers(0, 2))}
        elif kind == "conditional-split":
            data = {"profile_filter": filter_()}
        elif kind == "update-profile":
            new = {"property_type": "string", "property_key": draw(NAMES), "property_value": draw(NAMES)}
            data = {"profile_operations": [{"operator": "update", **new}]}
        return {"id": id_, "type": kind, "links": links, "data": data}

    trigger = draw(
        st.sampled_from([{"type": "metric", "id": "M"}, {"type": "list", "id": "L"}, {"type": "segment", "id": "S"}])
    )
    definition = {"triggers": [trigger], "profile_filter": filter_(), "entry_action_id": draw(st.sampled_from(ids)),
                  "actions": list(map(action, ids))}  # fmt: skip
    return {"data": {"type": "flow", "attributes": {"name": draw(NAMES), "definition": definition}}}


@st.composite
def mautic(draw: st.DrawFn) -> Any:
    number = draw(st.integers(1, 7))
    events: list[dict[str, Any]] = []
    for id_ in range(1, number + 1):
        kind = draw(st.sampled_from(["action", "condition", "decision"]))
        above = draw(st.sampled_from([None, *range(1, id_)])) if id_ > 1 else None
        parent = next((event for event in events if event["id"] == above), None)
        mode: dict[str, Any] = draw(st.sampled_from([{"triggerMode": "immediate"}, TWO_DAYS]))
        path = draw(st.sampled_from(["yes", "no"])) if parent is not None and parent["eventType"] != "action" else None
        properties = {"field": "city", "operator": "=", "value": draw(NAMES), "email": 1, "add_tags": [draw(NAMES)]}
        event = {"id": id_, "name": draw(NAMES), "eventType": kind, "type": draw(st.sampled_from(TYPES[kind]))}
        above_it = {"id": above} if above else None
        events.append({**event, **mode, "parent": above_it, "decisionPath": path, "properties": properties})
    return {"campaign": {"name": draw(NAMES), "lists": [{"id": 1, "name": draw(NAMES)}], "events": events}}


@st.composite
def tdx(draw: st.DrawFn) -> Any:
    def stage(number: int, last: bool) -> dict[str, Any]:
        names = [f"{draw(NAMES)}{place}" for place in range(draw(st.integers(1, 5)))]
        target = st.sampled_from(names)

        def step(name: str) -> dict[str, Any]:
            kind = draw(
                st.sampled_from(["wait", "activation", "decision_point", "ab_test", "merge", "jump", "end", "moon"])
            )
            options: dict[str, Any] = {}
            if kind == "wait":
                condition = {"segment": "s", "next": draw(target), "timeout": {"duration": 1, "unit": "week"}}
                options = draw(st.sampled_from([{"duration": 2, "unit": "day"}, {"condition": condition}]))
            elif kind == "activation":
                options = {"activation": "a"}
            elif kind == "decision_point":
                options = {"branches": [{"name": "x", "segment": "ref:R", "next": draw(target)}]}
            elif kind == "ab_test":
                options = {"variants": [{"name": "x", "percentage": 50, "next": draw(target)} for _ in range(2)]}
            elif kind == "jump":
                options = {"target": {"journey": draw(NAMES), "stage": "y"}}
            behind = {"next": draw(target)} if kind in ("merge", "activation") and draw(st.booleans()) else {}
            return {"type": kind, "name": name, "with": options, **behind}

        milestone = {} if last else {"milestone": {"name": "m", "segment": "s"}}
        return {"name": draw(NAMES), "entry_criteria": {"segment": "s"}, "steps": list(map(step, names)), **milestone}

    last = draw(st.integers(1, 3))
    stages = [stage(number, number == last) for number in range(1, last + 1)]
    rule = {"type": "Value", "attribute": draw(NAMES), "operator": {"type": "Equal", "value": draw(NAMES)}}
    parts = {"segments": {"s": {"rule": rule}}, "activations": {"a": {"name": "A"}}}
    return {"type": "journey", "name": draw(NAMES), **parts, "journeys": [{"state": "draft", "stages": stages}]}


@given(value=dittofeed())
@settings(max_examples=EXAMPLES, deadline=None, report_multiple_bugs=False)
def test_no_node_of_dittofeed_is_lost(value: Any, export: Path) -> None:
    accounted("dittofeed", value, export)


@given(value=klaviyo())
@settings(max_examples=EXAMPLES, deadline=None, report_multiple_bugs=False)
def test_no_node_of_klaviyo_is_lost(value: Any, export: Path) -> None:
    accounted("klaviyo", value, export)


@given(value=mautic())
@settings(max_examples=EXAMPLES, deadline=None, report_multiple_bugs=False)
def test_no_node_of_mautic_is_lost(value: Any, export: Path) -> None:
    accounted("mautic", value, export)


@given(value=tdx())
@settings(max_examples=EXAMPLES, deadline=None, report_multiple_bugs=False)
def test_no_node_of_tdx_is_lost(value: Any, export: Path) -> None:
    accounted("tdx", value, export)
