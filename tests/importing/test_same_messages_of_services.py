"""An imported scenario of Klaviyo or Treasure Data sends the messages that a small interpreter of the export sends.

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
    arrival, at = at, at + timedelta(**{data["unit"]: data["value"]})
    if data["delay_until_time"] is not None:
        requested = at.replace(hour=int(data["delay_until_time"][:2]), minute=0)
        is_reached = requested > arrival if data["unit"] == "days" else requested >= at
        at = requested if is_reached else requested + timedelta(days=1)
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
        criteria = [stage.get("entry_criteria"), (before or {}).get("milestone")] if before is not None else []
        cities = {each["segment"] for each in criteria if each is not None}
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
