"""An imported scenario sends the tool's messages: the engine, compared with small interpreters of the exports.

The interpreters are independent of scenarios. They cover constructs that the language expresses exactly; the report
names all others.
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

Sent = list[tuple[datetime, str]]  # the instant and the step of each message
Happened = Sequence[tuple[datetime, dict[str, Any]]]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports") / "export.json"


def sent_here(tool: str, value: Any, path: Path, events: Happened, profile: Mapping[str, Any]) -> Sent:
    """The messages of the imported scenarios to a contact with these events."""
    path.write_text(json.dumps(value), encoding="utf-8")
    found = read_import(tool, [path])
    found.vocabulary.channel("email")
    for name in profile:  # attributes of the timeline must be declared, even if the export does not use them
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


# Minutes at which no wait ends, so that no two things coincide.
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
        taken = [each for each in events if parent and each["parent"] == {"id": parent["id"]} and path == "no"]
        if under_decision and path == "no" and taken:
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


# Klaviyo


def klaviyo_sends(definition: Mapping[str, Any], happened: Happened) -> Sent:
    """Moves one contact from action to action; checks the flow's filter before each mail."""
    actions = {action["id"]: action for action in definition["actions"]}
    written: dict[str, str] = {}
    wrote_at = START
    sent: Sent = []
    here, at = definition["entry_action_id"], START

    def did(event: str) -> bool:
        return any(line["event"] == event and moment <= at for moment, line in happened)

    def city() -> str:
        later = [(moment, line) for moment, line in happened if moment > wrote_at] if written else happened
        return str(value_at(later, "city", at, written.get("city", "Paris")))

    def holds(filter_: Mapping[str, Any]) -> bool:
        return all(any(map(true, group["conditions"])) for group in filter_["condition_groups"])

    def true(condition: Mapping[str, Any]) -> bool:
        if condition["type"] == "profile-metric":
            return did("viewed") is bool(condition["measurement_filter"]["operator"] == "greater-than")
        return bool(city() == condition["filter"]["value"])

    while here is not None and at <= END:
        action, data = actions[here], actions[here]["data"]
        if action["type"] == "time-delay":
            at = delayed(at, data)
        elif action["type"] == "update-profile":
            written, wrote_at = {"city": data["profile_operations"][0]["property_value"]}, at
        elif action["type"] == "send-email" and not (definition["profile_filter"] and did("placed_order")):
            sent.append((at, here))
        if action["type"] == "conditional-split":
            here = action["links"]["next_if_true" if holds(data["profile_filter"]) else "next_if_false"]
        elif action["type"] == "multi-branch-split":
            fit = (branch for branch in data["branches"] if branch["is_else"] or holds(branch["branch_filter"]))
            here = next(fit)["links"]["next"]
        else:
            here = action["links"]["next"]
    return sorted(sent)


def delayed(at: datetime, data: Mapping[str, Any]) -> datetime:
    """Days until a time of day are calendar days, by Klaviyo's help, so nobody waits almost a day too long."""
    came, at = at, at + timedelta(**{data["unit"]: data["value"]})
    if data["delay_until_time"] is not None:
        asked = at.replace(hour=int(data["delay_until_time"][:2]), minute=0)
        is_reached = asked > came if data["unit"] == "days" else asked >= at
        at = asked if is_reached else asked + timedelta(days=1)
        while data["delay_until_weekdays"] and f"{at:%A}".lower() not in data["delay_until_weekdays"]:
            at += timedelta(days=1)
    return at


SINCE_START = {"type": "date", "operator": "flow-start"}
COUNT = {"type": "profile-metric", "measurement": "count", "timeframe_filter": SINCE_START, "metric_filters": None}


def number(operator: str) -> dict[str, Any]:
    return {"type": "numeric", "operator": operator, "value": 0}


@st.composite
def klaviyo_filter(draw: st.DrawFn) -> dict[str, Any]:
    lives_in = [
        {"type": "profile-property", "property": "properties['city']", "filter": {
            "type": "string", "operator": "equals", "value": city}} for city in ("Lyon", "Paris", "Nice")
    ]  # fmt: skip
    viewed = [{**COUNT, "metric_id": "V", "measurement_filter": number(sign)} for sign in ("greater-than", "equals")]
    groups = st.lists(st.lists(st.sampled_from([*lives_in, *viewed]), min_size=1, max_size=3), min_size=1, max_size=2)
    return {"condition_groups": [{"conditions": group} for group in draw(groups)]}


KLAVIYO_ACTIONS = ["time-delay", "send-email"] * 2 + ["update-profile", "conditional-split", "multi-branch-split"]


@st.composite
def klaviyo(draw: st.DrawFn) -> dict[str, Any]:
    actions: list[dict[str, Any]] = []
    size = draw(st.integers(1, 8))
    for place in range(size):
        later = st.sampled_from([*(f"a{other}" for other in range(place + 1, size)), None])
        following = st.just(f"a{place + 1}" if place + 1 < size else None) | later
        kind = draw(st.sampled_from(KLAVIYO_ACTIONS))
        links: dict[str, Any] | None = {"next": draw(following)}
        data: dict[str, Any] = {}
        if kind == "time-delay":
            until = draw(st.sampled_from([None, None, "09:00:00", "18:00:00"]))
            days = draw(st.sampled_from([[], ["monday", "friday"], ["sunday"]])) if until else []
            unit, value = draw(st.sampled_from(["hours", "days"])), draw(st.integers(1, 4))
            data = {"unit": unit, "value": value, "delay_until_time": until, "delay_until_weekdays": days}
        elif kind == "send-email":
            message = {"name": f"a{place}", "subject_line": "S", "template_id": "T", "smart_sending_enabled": False}
            data = {"status": "live", "message": message}
        elif kind == "update-profile":
            city = draw(st.sampled_from(["Lyon", "Nice"]))
            data = {"profile_operations": [
                {"operator": "update", "property_type": "string", "property_key": "city", "property_value": city}
            ]}  # fmt: skip
        elif kind == "conditional-split":
            links = {"next_if_true": draw(following), "next_if_false": draw(later)}
            data = {"profile_filter": draw(klaviyo_filter())}
        else:
            links = None
            branches = [
                {"branch_id": f"b{order}", "order": order, "is_else": False, "links": {"next": draw(following)},
                 "branch_filter": draw(klaviyo_filter())} for order in range(draw(st.integers(1, 2)))
            ]  # fmt: skip
            otherwise = {"branch_id": "else", "order": 9, "is_else": True, "links": {"next": draw(later)}}
            data = {"branches": [*branches, otherwise]}
        actions.append({"id": f"a{place}", "type": kind, "links": links, "data": data})
    no_order = {**COUNT, "metric_id": "O", "measurement_filter": number("equals")}
    filter_ = draw(st.sampled_from([None, {"condition_groups": [{"conditions": [no_order]}]}]))
    definition = {"triggers": [{"type": "metric", "id": "J"}], "profile_filter": filter_, "entry_action_id": "a0",
                  "actions": actions, "reentry_criteria": {"unit": "alltime"}}  # fmt: skip
    metrics = {"J": "joined", "V": "viewed", "O": "placed_order"}
    included = [{"type": "metric", "id": id_, "attributes": {"name": name}} for id_, name in metrics.items()]
    flow = {"type": "flow", "id": "F", "attributes": {"name": "A", "status": "live", "definition": definition}}
    return {"data": flow, "included": included}


LINES = st.sampled_from(["Lyon", "Nice", "viewed", "viewed", "placed_order"])


@given(value=klaviyo(), moments=MOMENTS, lines=st.lists(LINES, min_size=4, max_size=4))
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_flow_of_klaviyo_sends_the_same(
    value: dict[str, Any], moments: list[datetime], lines: list[str], export: Path
) -> None:
    happened = [
        (at, {"event": "profile_updated", "city": line} if line in {"Lyon", "Nice"} else {"event": line})
        for at, line in zip(moments, lines, strict=False)
    ]
    expected = klaviyo_sends(value["data"]["attributes"]["definition"], happened)
    assert sent_here("klaviyo", value, export, [(START, {"event": "joined"}), *happened], {"city": "Paris"}) == expected


# Treasure Data


def tdx_sends(stages: Sequence[Mapping[str, Any]], happened: Happened) -> Sent:
    """Moves one contact from step to step; segments have the name of their city."""
    sent: Sent = []

    def city(at: datetime) -> str:
        return str(value_at(happened, "city", at, "Paris"))

    def first(cities: Mapping[str, str], at: datetime, until: datetime) -> tuple[datetime, str] | None:
        """The first moment at which the contact is in one of the segments, and the target of this segment."""
        moments = [at, *(moment for moment, _ in happened if at < moment < until)]
        return next(((moment, cities[city(moment)]) for moment in moments if city(moment) in cities), None)

    def walk(stage: Mapping[str, Any], at: datetime) -> datetime | None:
        """The moment at which the contact completes the stage; None if it leaves the journey."""
        names = [step["name"] for step in stage["steps"]]
        exits = {each["segment"]: "exit" for each in stage.get("exit_criteria", ())}
        milestone = {stage["milestone"]["segment"]: "milestone"} if "milestone" in stage else {}
        here = names[0]
        while at <= END:
            if city(at) in exits:
                return None
            number = names.index(here)
            step, options = stage["steps"][number], stage["steps"][number].get("with", {})
            to: str | None = names[number + 1] if number + 1 < len(names) else None
            match step["type"]:
                case "wait":
                    condition = options.get("condition", {})
                    pause = condition.get("timeout") or options
                    due = at + timedelta(**{pause["unit"] + "s": pause["duration"]})
                    goes_on = {condition["segment"]: condition["next"]} if condition else {}
                    happens = first({**goes_on, **milestone, **exits}, at, due)
                    if happens is not None and happens[1] in ("exit", "milestone"):
                        return happens[0] if happens[1] == "milestone" else None
                    at, to = happens or (due, pause.get("next", to))
                case "activation":
                    sent.append((at, here))
                case "decision_point":
                    fit = (b["next"] for b in options["branches"] if b.get("excluded") or b["segment"] == city(at))
                    to = next(fit, None)
                    if to is None:
                        return None
            if to is None or step["type"] == "end":
                return at
            here = to
        return None

    at: datetime | None = START
    for stage, before in zip(stages, [None, *stages], strict=False):
        asked = [stage.get("entry_criteria"), (before or {}).get("milestone")] if before is not None else []
        cities = {each["segment"] for each in asked if each is not None}
        if at is not None and cities:
            waited = first(dict.fromkeys(cities, ""), at, END) if len(cities) == 1 else None
            at = waited[0] if waited is not None else None
        at = walk(stage, at) if at is not None else None
    return sorted(each for each in sent if each[0] <= END)


@st.composite
def tdx_steps(draw: st.DrawFn, prefix: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    size = draw(st.integers(1, 6))
    cities = st.sampled_from(["Lyon", "Nice", "Paris"])
    for place in range(size):
        later = [f"{prefix}{other}" for other in range(place + 1, size)]
        kind = draw(st.sampled_from(["wait", "activation", "activation", "until", "decision_point", "end"]))
        if kind in ("until", "decision_point") and not later:
            kind = "activation"
        step: dict[str, Any] = {"type": kind, "name": f"{prefix}{place}"}
        pause = {"duration": draw(st.integers(1, 5)), "unit": draw(st.sampled_from(["hour", "day"]))}
        if kind == "wait":
            step["with"] = pause
        elif kind == "activation":
            step["with"] = {"activation": "mail"}
        elif kind == "until":
            timeout = {**pause, "next": draw(st.sampled_from(later))}
            condition = {"segment": draw(cities), "next": draw(st.sampled_from(later)), "timeout": timeout}
            step |= {"type": "wait", "with": {"condition": condition}}
        elif kind == "decision_point":
            branches: list[dict[str, Any]] = [
                {"name": city, "segment": city, "next": draw(st.sampled_from(later))}
                for city in draw(st.lists(cities, min_size=1, max_size=2, unique=True))
            ]
            if draw(st.booleans()):
                branches.append({"name": "rest", "excluded": True, "next": draw(st.sampled_from(later))})
            step["with"] = {"branches": branches}
        steps.append(step)
    return steps


@st.composite
def tdx(draw: st.DrawFn) -> dict[str, Any]:
    entry = {"name": "Members", "segment": "members"}
    stages: list[dict[str, Any]] = [{"name": "One", "entry_criteria": entry, "steps": draw(tdx_steps("s"))}]
    cities = st.sampled_from(["Lyon", "Nice"])
    if draw(st.booleans()):
        stages.append({"name": "Two", "steps": draw(tdx_steps("t"))})
        if draw(st.booleans()):
            stages[0]["milestone"] = {"name": "Far", "segment": draw(cities)}
        if draw(st.booleans()):
            stages[1]["entry_criteria"] = {"name": "Fit", "segment": draw(cities)}
    elif draw(st.booleans()):
        stages[0]["exit_criteria"] = [{"name": "Gone", "segment": draw(cities)}]
    rules = {"members": ("member", "yes"), **{city: ("city", city) for city in ("Lyon", "Nice", "Paris")}}
    segments = {
        name: {"rule": {"type": "Value", "attribute": attribute, "operator": {"type": "Equal", "value": value}}}
        for name, (attribute, value) in rules.items()
    }
    return {"type": "journey", "name": "A", "reentry": "no_reentry", "segments": segments,
            "activations": {"mail": {"name": "Mail"}}, "journeys": [{"state": "draft", "stages": stages}]}  # fmt: skip


@given(
    value=tdx(), moments=MOMENTS, cities=st.lists(st.sampled_from(["Lyon", "Nice", "Paris"]), min_size=4, max_size=4)
)
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_journey_of_tdx_sends_the_same(
    value: dict[str, Any], moments: list[datetime], cities: list[str], export: Path
) -> None:
    happened = [(at, {"event": "profile_updated", "city": city}) for at, city in zip(moments, cities, strict=False)]
    expected = tdx_sends(value["journeys"][0]["stages"], happened)
    joined = (START, {"event": "profile_updated", "member": "yes"})
    assert sent_here("tdx", value, export, [joined, *happened], {"city": "Paris", "member": "no"}) == expected
