"""An imported scenario of Dittofeed or Mautic sends the messages that a small interpreter of the export sends.

The interpreters are independent of scenarios. They cover constructs that the language expresses exactly; the report
names all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.importing.one_contact import END, EXAMPLES, MOMENTS, START, Happened, Sent, sent_here, value_at

# Dittofeed


def dittofeed_sends(definition: Mapping[str, Any], events: Happened) -> Sent:
    """Moves one contact from node to node; `pro` is the only segment."""
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
    """Follows all branches in parallel, each event after its parent."""
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
            elif noes:  # the decision is made, and a later view changes nothing
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
        siblings = [each for each in events if parent and each["parent"] == {"id": parent["id"]} and path == "no"]
        if under_decision and path == "no" and siblings:
            path = "yes"  # after 'no', only the first event counts its wait from the decision
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
