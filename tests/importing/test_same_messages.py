"""An imported scenario sends what the tool would: the executor beside small interpreters of the exports themselves.

The interpreters know nothing of scenarios. They cover what the language can say exactly; what differs is in the report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.hosts.scenario_tests import Stage, play
from scenario_cli.importing.project_files import project_files
from scenario_cli.importing.read import read_import
from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files

START = datetime(2025, 3, 3, 10, 0)
END = START + timedelta(days=20)
EXAMPLES = 50

Sent = list[tuple[datetime, str]]  # when, and by which step
Happened = Sequence[tuple[datetime, dict[str, Any]]]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports") / "export.json"


def sent_here(tool: str, value: Any, path: Path, events: Happened, profile: Mapping[str, Any]) -> Sent:
    """What the imported scenarios send to a contact to whom these events happen."""
    path.write_text(json.dumps(value), encoding="utf-8")
    found = read_import(tool, [path])
    for name in profile:  # what the timeline names has to be declared, whether or not the export uses it
        found.vocabulary.attribute(name)
    for _, line in events:
        found.vocabulary.event(line["event"], **{name: "" for name in line if name not in {"event", *profile}})
    texts = project_files("shop", "UTC", tool, found.journeys, found.vocabulary, found.ledger).texts
    lines = [{"at": f"{at:%Y-%m-%d %H:%M}", **line} for at, line in events]
    case = {"name": "a", "contact": {"id": "ana", "email": "ana@example.com", "email_optin": True, **profile},
            "timeline": lines, "until": f"{END:%Y-%m-%d %H:%M}", "expect": {"messages": []}}  # fmt: skip
    names = [journey.name for journey in found.journeys]
    texts["tests/a.test.yaml"] = json.dumps({"scenarios": names, "timezone": "UTC", "cases": [case]})
    loaded = load_files(Memory({name: text.encode() for name, text in texts.items()}), tests=True, errors_only=True)
    assert [finding for finding in loaded.findings if finding.severity == "error"] == []
    run = play(Stage(loaded.project), loaded.tests[0], loaded.tests[0].cases[0])
    return sorted(
        (datetime.fromtimestamp(each.request.at / 1_000_000, UTC).replace(tzinfo=None), each.request.state)
        for each in run.messages
    )


def value_at(events: Happened, attribute: str, at: datetime, first: Any) -> Any:
    known = [line[attribute] for moment, line in events if moment <= at and attribute in line]
    return known[-1] if known else first


# Dittofeed


def dittofeed_sends(definition: Mapping[str, Any], events: Happened) -> Sent:
    """One contact from node to node; `pro` is the only segment."""
    nodes = {node["id"]: node for node in definition["nodes"]}
    sent: Sent = []
    here, at = definition["entryNode"]["child"], START
    while here != "ExitNode" and at < END:
        node = nodes[here]
        if node["type"] == "DelayNode":
            at += timedelta(seconds=node["variant"]["seconds"])
            here = node["child"]
        elif node["type"] == "MessageNode":
            sent.append((at, here))
            here = node["child"]
        elif node["type"] == "SegmentSplitNode":
            inside = value_at(events, "plan", at, "free") == "pro"
            here = node["variant"]["trueChild" if inside else "falseChild"]
        else:
            limit = at + timedelta(seconds=node["timeoutSeconds"])
            moments = [at, *(moment for moment, _ in events if at < moment < limit)]
            joined = [moment for moment in moments if value_at(events, "plan", moment, "free") == "pro"]
            at, here = (joined[0], node["segmentChildren"][0]["id"]) if joined else (limit, node["timeoutChild"])
    return sorted(each for each in sent if each[0] <= END)


@st.composite
def dittofeed(draw: st.DrawFn) -> dict[str, Any]:
    number = draw(st.integers(1, 7))
    nodes = []
    for place in range(number):
        later = st.sampled_from([*(f"n{other}" for other in range(place + 1, number)), "ExitNode"])
        kind = draw(st.sampled_from(["DelayNode", "MessageNode", "MessageNode", "SegmentSplitNode", "WaitForNode"]))
        node: dict[str, Any] = {"id": f"n{place}", "type": kind, "name": f"n{place}"}
        seconds = draw(st.sampled_from([600, 3600, 86_400, 90_000, 259_200]))
        if kind == "DelayNode":
            node |= {"child": draw(later), "variant": {"type": "Second", "seconds": seconds}}
        elif kind == "MessageNode":
            node |= {"child": draw(later), "skipOnFailure": True, "variant": {"type": "Email", "templateId": "t"}}
        elif kind == "SegmentSplitNode":
            node["variant"] = {"type": "Boolean", "segment": "pro", "trueChild": draw(later), "falseChild": draw(later)}
        else:
            child = {"id": draw(later), "segmentId": "pro"}
            node |= {"timeoutSeconds": seconds, "timeoutChild": draw(later), "segmentChildren": [child]}
        nodes.append(node)
    entry = {"type": "EventEntryNode", "event": "joined", "child": "n0"}
    rule = {"type": "Trait", "id": "1", "path": "plan", "operator": {"type": "Equals", "value": "pro"}}
    segments = [{"id": "pro", "name": "pro", "definition": {"entryNode": rule, "nodes": []}}]
    definition = {"entryNode": entry, "exitNode": {"type": "ExitNode"}, "nodes": nodes}
    return {"name": "A", "definition": definition, "segments": segments}


# Minutes at which no wait ends, so that nothing falls on one instant.
MOMENTS = st.lists(st.integers(1, 19 * 24), max_size=4, unique=True).map(
    lambda hours: [START + timedelta(hours=hour, minutes=7) for hour in sorted(hours)]
)


@given(value=dittofeed(), moments=MOMENTS, plans=st.lists(st.sampled_from(["pro", "free"]), min_size=4, max_size=4))
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_journey_of_dittofeed_sends_the_same(
    value: dict[str, Any], moments: list[datetime], plans: list[str], export: Path
) -> None:
    changes = [(at, {"event": "profile_updated", "plan": plan}) for at, plan in zip(moments, plans, strict=False)]
    expected = dittofeed_sends(value["definition"], changes)
    value = {**value, "userProperties": []}
    assert sent_here("dittofeed", value, export, [(START, {"event": "joined"}), *changes], {"plan": "free"}) == expected


# Mautic


def mautic_sends(events: Sequence[Mapping[str, Any]], happened: Happened) -> Sent:
    """All branches beside each other, each event after the one above it."""
    sent: Sent = []

    def after(parent: int | None, path: str, at: datetime) -> None:
        for event in events:
            above = event["parent"]["id"] if event["parent"] else None
            if above == parent and (not path or event["decisionPath"] == path):
                carry_out(event, at)

    def carry_out(event: Mapping[str, Any], at: datetime) -> None:
        if event["eventType"] == "decision":
            views = [moment for moment, line in happened if line["event"] == "page_viewed" and moment > at]
            noes = [
                child for child in events if child["parent"] == {"id": event["id"]} and child["decisionPath"] == "no"
            ]
            due = at + hours_of(noes[0]) if noes else END
            if views and views[0] < due:
                after(event["id"], "yes", views[0])
            elif noes:  # the contact has decided, and a later view changes nothing
                now(noes[0], due)
            return
        now(event, at + hours_of(event))

    def now(event: Mapping[str, Any], at: datetime) -> None:
        if event["eventType"] == "condition":
            lyon = value_at(happened, "city", at, "Paris") == "Lyon"
            after(event["id"], "yes" if lyon else "no", at)
            return
        if at <= END:
            sent.append((at, event["name"]))
        after(event["id"], "", at)

    after(None, "", START)
    return sorted(each for each in sent if each[0] <= END)


def hours_of(event: Mapping[str, Any]) -> timedelta:
    return timedelta(hours=event.get("triggerInterval", 0))


@st.composite
def mautic(draw: st.DrawFn) -> dict[str, Any]:
    events: list[dict[str, Any]] = []
    for id_ in range(1, draw(st.integers(1, 8)) + 1):
        parents = [None, *events]
        parent = draw(st.sampled_from(parents))
        under_decision = parent is not None and parent["eventType"] == "decision"
        path = draw(st.sampled_from(["yes", "no"])) if parent is not None and parent["eventType"] != "action" else None
        taken = [each for each in events if parent and each["parent"] == {"id": parent["id"]} and path == "no"]
        if under_decision and path == "no" and taken:
            path = "yes"  # of several behind 'no' only the first counts its wait from the decision
        kind = draw(st.sampled_from(["action", "action", "condition", "decision"]))
        if under_decision and path == "no" and kind == "decision":
            kind = "action"
        types = {"action": "email.send", "condition": "lead.field_value", "decision": "page.pagehit"}
        properties = {"field": "city", "operator": "=", "value": "Lyon"} if kind == "condition" else {}
        wait = draw(st.sampled_from([1, 5, 24, 72] if under_decision and path == "no" else [0, 1, 5, 24, 72]))
        mode = {"triggerMode": "interval", "triggerInterval": wait, "triggerIntervalUnit": "h"} if wait else {}
        above = {"id": parent["id"]} if parent is not None else None
        own = {"id": id_, "name": f"e{id_}", "type": types[kind], "eventType": kind, "order": id_}
        own["properties"] = properties
        events.append(own | {"parent": above, "decisionPath": path} | ({} if kind == "decision" else mode))
    return {"campaign": {"name": "A", "lists": [], "forms": [{"id": 5, "name": "F"}], "events": events}}


@given(value=mautic(), moments=MOMENTS, views=st.lists(st.booleans(), min_size=4, max_size=4))
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_campaign_of_mautic_sends_the_same(
    value: dict[str, Any], moments: list[datetime], views: list[bool], export: Path
) -> None:
    cities = ["Lyon", "Paris", "Lyon", "Paris"]
    happened = [
        (at, {"event": "page_viewed"} if is_view else {"event": "profile_updated", "city": city})
        for at, is_view, city in zip(moments, views, cities, strict=False)
    ]
    expected = mautic_sends(value["campaign"]["events"], happened)
    everything = [(START, {"event": "form_submitted", "form_id": "5"}), *happened]
    assert sent_here("mautic", value, export, everything, {"city": "Paris"}) == expected
