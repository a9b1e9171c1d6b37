"""Random splits: the same contact always gets the same arm, by the written weights (sections 3.1 and 7)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.engine.compile.program import Program
from scenario_cli.engine.step import new_contact, step
from scenario_cli.hosts.rows import RowWriter, template_values
from scenario_cli.model.event import Event
from scenario_cli.model.records import Asked, Ended, Entered, Record
from tests.engine.worlds import REACHABLE, Happening, errors, load, moment, program_of, run
from tests.rows import rows

MONDAY = "2025-03-03 10:00"
PEOPLE = [f"c{number}" for number in range(600)] + ["Zoé", "名前", "a b", ""]


def tossing(weights: Mapping[str, object], *lines: str, name: str = "test", state: str = "toss") -> str:
    """A scenario that splits at once; the outcome is the arm."""
    split = ", ".join(f"{arm}: {weight}" for arm, weight in weights.items())
    arms = "".join(f"  {arm}: {{end: {arm}}}\n" for arm in weights if arm != "unit")
    listed = "\n".join(("trigger: {event: started}", *lines))
    return f"scenario: {name}\n{listed}\nstates:\n  {state}: {{split: {{{split}}}}}\n{arms}"


def drawn(*parts: str) -> float:
    """A draw by the rule of section 7, calculated here."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def arm_of(weights: Mapping[str, float], *parts: str) -> str:
    """The first arm whose running sum exceeds draw times total."""
    point = drawn(*parts) * sum(weights.values())
    reached = 0.0
    for arm, weight in weights.items():
        reached += weight
        if reached > point:
            return arm
    raise AssertionError


def outcomes(records: Iterable[Record]) -> list[str]:
    return [record.outcome for record in records if isinstance(record, Ended)]


def fallen(program: Program, contacts: Iterable[str] = PEOPLE, at: str = MONDAY, **carried: Any) -> dict[str, str]:
    """The arm of each contact."""
    arms = {}
    for contact in contacts:
        records = step(program, new_contact(program, contact, REACHABLE), Event("started", moment(at), carried))
        (arms[contact],) = outcomes(records)
    return arms


# -- the draw


@rows("salt", ["", "pepper"])
@rows(
    "weights",
    [
        {"a": 1, "b": 1},
        {"a": 50, "b": 30, "c": 20},
        {"a": 0.5, "b": 1.5},
        {"a": 0, "b": 1, "c": 0},
        {"c": 1, "b": 2, "a": 3},
        {"a": 1},
        {"a": 1_000_000, "b": 1},
    ],
)
def test_the_draw_times_the_total_weight_decides_the_arm(weights: Mapping[str, float], salt: str) -> None:
    program = program_of(tossing(weights), channels=f"salt: {salt}\n" if salt else "")
    expected = {contact: arm_of(weights, "split", salt, "test", "toss", contact) for contact in PEOPLE}
    assert fallen(program) == expected


def test_weights_may_be_percentages() -> None:
    program = program_of(tossing({"a": "50%", "b": "30%", "c": "20%"}))
    weights = {"a": 50.0, "b": 30.0, "c": 20.0}
    assert fallen(program) == {contact: arm_of(weights, "split", "", "test", "toss", contact) for contact in PEOPLE}


def test_a_split_whose_percentages_are_all_0_is_refused() -> None:
    assert [error.partition(" ")[0] for error in errors(tossing({"a": "0%", "b": "0%"}))] == ["FLOW006"]


def test_a_split_whose_weights_are_all_0_is_refused() -> None:
    assert [error.partition(" ")[0] for error in errors(tossing({"a": 0, "b": 0}))] == ["FLOW006"]


def test_a_split_falls_about_as_it_is_weighted() -> None:
    fell = list(fallen(program_of(tossing({"a": 70, "b": 30}))).values())
    assert 0.62 < fell.count("a") / len(fell) < 0.78


def test_weights_are_shares_of_their_sum() -> None:
    assert fallen(program_of(tossing({"a": 7, "b": 3}))) == fallen(program_of(tossing({"a": 70, "b": 30})))


def test_a_larger_first_arm_only_adds_contacts_to_it() -> None:
    groups = []
    for share in (5, 20, 60, 95):
        fell = fallen(program_of(tossing({"a": share, "b": 100 - share})))
        groups.append({contact for contact, arm in fell.items() if arm == "a"})
    assert all(less < more for less, more in pairwise(groups))


def test_a_share_by_date_only_adds_contacts_from_each_day_on() -> None:
    ramp = "{from 2025-03-03: 5%, from 2025-03-10: 50%, from 2025-03-17: 95%}"
    program = program_of(tossing({"new": ramp, "old": "rest"}))
    groups = []
    for at, share in (("2025-03-02 23:59", 0), (MONDAY, 5), ("2025-03-10 00:00", 50), ("2025-03-17 12:00", 95)):
        fell = fallen(program, at=at)
        plain = fallen(program_of(tossing({"new": share, "old": 100 - share})))
        assert fell == plain  # the first written arm has the lowest draws
        groups.append({contact for contact, arm in fell.items() if arm == "new"})
    assert all(less < more for less, more in pairwise(groups))


def test_a_share_by_date_holds_from_the_midnight_of_the_contact_s_clock() -> None:
    program = program_of(tossing({"new": "{from 2025-03-10: 100%}", "old": "rest"}))
    for zone, midnight in (("Asia/Tokyo", "2025-03-09 16:00"), ("America/New_York", "2025-03-10 05:00")):
        for at, arm in ((moment(midnight) - 1, "old"), (moment(midnight), "new")):
            state = new_contact(program, "ana", {**REACHABLE, "timezone": zone})
            assert outcomes(step(program, state, Event("started", at, {}))) == [arm]


def test_two_arms_that_grow_take_from_the_rest_and_not_from_each_other() -> None:
    one = "{from 2025-03-03: 10%, from 2025-03-10: 30%}"
    two = "{from 2025-03-03: 20%, from 2025-03-10: 60%}"
    program = program_of(tossing({"one": one, "old": "rest", "two": two}))
    before, after = fallen(program), fallen(program, at="2025-03-10 10:00")
    assert all(after[contact] == arm for contact, arm in before.items() if arm != "old")
    assert [list(after.values()).count(arm) / len(PEOPLE) for arm in ("one", "two", "old")] == [
        pytest.approx(share, abs=0.06) for share in (0.3, 0.6, 0.1)
    ]


def test_the_order_written_is_the_order_of_the_arms() -> None:
    arms = fallen(program_of(tossing({"a": 1, "b": 1})))
    other = fallen(program_of(tossing({"b": 1, "a": 1})))
    swapped = {"a": "b", "b": "a"}
    assert other == {contact: swapped[arm] for contact, arm in arms.items()}


@pytest.mark.parametrize("other", [{"name": "other"}, {"state": "elsewhere"}])
def test_splits_of_other_scenarios_and_states_are_drawn_apart(other: dict[str, str]) -> None:
    arms = fallen(program_of(tossing({"a": 1, "b": 1})))
    separate_arms = fallen(program_of(tossing({"a": 1, "b": 1}, **other)))
    assert 0.4 < sum(arms[contact] == separate_arms[contact] for contact in PEOPLE) / len(PEOPLE) < 0.6


def test_another_salt_draws_anew() -> None:
    arms = fallen(program_of(tossing({"a": 1, "b": 1}), channels="salt: one\n"))
    other = fallen(program_of(tossing({"a": 1, "b": 1}), channels="salt: two\n"))
    assert 0.4 < sum(arms[contact] == other[contact] for contact in PEOPLE) / len(PEOPLE) < 0.6


@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(
    st.lists(st.one_of(st.integers(0, 100), st.sampled_from((0.1, 0.25, 33.3))), min_size=1, max_size=4).filter(any),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
def test_each_contact_is_in_one_arm_that_has_weight(weights: list[float], contact: str) -> None:
    named = dict(zip("abcd", weights, strict=False))
    (arm,) = fallen(program_of(tossing(named)), [contact]).values()
    assert named[arm] > 0
    assert arm == arm_of(named, "split", "", "test", "toss", contact)


# -- the values that a draw depends on


def again(weights: Mapping[str, object], *events: Happening, contact: str = "ana") -> list[str]:
    program = program_of(tossing(weights, "key: event.x", "reentry: always"))
    state = new_contact(program, contact, REACHABLE)
    arms: list[str] = []
    for event in events:
        arms += outcomes(step(program, state, Event(event[1], moment(event[0]), event[2] if len(event) > 2 else {})))
    return arms


EIGHT = [(f"2025-03-0{day} 10:00", "started", {"x": f"k{day}"}) for day in range(1, 9)]


def test_a_contact_falls_the_same_way_in_every_journey() -> None:
    arms = {tuple(again({"a": 1, "b": 1}, *EIGHT, contact=contact)) for contact in PEOPLE[:40]}
    assert arms == {("a",) * 8, ("b",) * 8}


def test_a_contact_falls_the_same_way_whatever_else_is_known() -> None:
    scenario = tossing({"a": 1, "b": 1})
    program = program_of(scenario)
    for contact in PEOPLE[:20]:
        falls = set()
        for profile in ({}, REACHABLE, {"country": "FR", "timezone": "Asia/Tokyo"}):
            for at in (MONDAY, "2024-01-01 00:00"):
                falls.update(outcomes(step(program, new_contact(program, contact, profile),
                                           Event("started", moment(at), {"n": len(profile)}))))  # fmt: skip
        assert len(falls) == 1


@rows("key", ["k1", 7, 7.5, True, "7", "é"])
def test_unit_journey_draws_with_the_key_and_the_instant_of_entry(key: object) -> None:
    program = program_of(tossing({"a": 1, "b": 2, "unit": "journey"}, "key: event.x"))
    written = key if isinstance(key, str) else json.dumps(key)
    at = "2025-03-03T09:00:00.000000Z"
    expected = {
        contact: arm_of({"a": 1, "b": 2}, "split", "", "test", "toss", contact, written, at) for contact in PEOPLE[:150]
    }
    assert fallen(program, PEOPLE[:150], x=key) == expected


def test_unit_journey_without_a_key_draws_with_an_empty_one_and_microseconds() -> None:
    program = program_of(tossing({"a": 1, "b": 2, "unit": "journey"}))
    at = "2025-03-03T09:00:00.000250Z"
    for contact in PEOPLE[:80]:
        records = step(program, new_contact(program, contact, {}), Event("started", moment(MONDAY) + 250, {}))
        assert outcomes(records) == [arm_of({"a": 1, "b": 2}, "split", "", "test", "toss", contact, "", at)]


def test_unit_journey_draws_anew_for_each_key_and_each_entry() -> None:
    by_key = [("2025-03-03 10:00", "started", {"x": f"k{number}"}) for number in range(40)]
    by_entry = [(f"2025-03-03 10:{number:02}", "started", {"x": "k"}) for number in range(40)]
    for events in (by_key, by_entry):
        fell = again({"a": 1, "b": 1, "unit": "journey"}, *events)
        assert 8 < fell.count("a") < 32


ROUND = """
scenario: round
trigger: {event: started}
states:
  toss: {split: {a: 1, b: 1, unit: %s}}
  a: {after: {1h: toss}}
  b: {after: {1h: toss}}
"""


@pytest.mark.parametrize("unit", ["contact", "journey"])
def test_a_journey_that_returns_to_a_split_gets_the_same_arm(unit: str) -> None:
    for start in range(8):
        story = run(ROUND % unit, [(f"2025-03-03 1{start}:00", "started")], until="2025-03-04 12:00")
        arms = [state for state in story.states if state != "toss"]
        assert len(arms) > 10
        assert len(set(arms)) == 1


# -- the order of a split among the parts of a state


ORDER = """
scenario: orders
trigger: {event: started}
when: {contact.country == 'DE': {end: abroad}}
states:
  toss:
    set: {it: =event.n}
    send: {email: a/e}
    when: {it == 1: one}
    split: {two: 1}
  one: {end: one}
  two: {end: two}
"""


def test_a_split_comes_after_what_the_state_sets_and_sends_and_after_when() -> None:
    assert run(ORDER, [(MONDAY, "started", {"n": 2})]).texts == [
        "entered",
        "-> toss",
        "email a/e",
        "-> two (split two)",
        "end two",
    ]
    assert run(ORDER, [(MONDAY, "started", {"n": 1})]).states == ["toss", "one"]
    assert run(ORDER, [(MONDAY, "started", {"n": 2})], {**REACHABLE, "country": "DE"}).outcomes == ["abroad"]


@pytest.mark.parametrize(
    "other", ["end: over", "next: a", "choose: {contact.points > 1: a, else: b}", "after: {1h: a}"]
)
def test_a_state_that_splits_does_nothing_else_on_leaving(other: str) -> None:
    scenario = tossing({"a": 1, "b": 1}).replace("split:", f"{other}, split:")
    assert [error.partition(" ")[0] for error in errors(scenario)] == ["FLOW005"]


def test_a_circle_of_splits_without_a_wait_is_refused() -> None:
    scenario = """
scenario: circle
trigger: {event: started}
states:
  one: {split: {two: 1, three: 1}}
  two: {next: one}
  three: {end: over}
"""
    assert [error.partition(" ")[0] for error in errors(scenario)] == ["FLOW001"]


def test_an_unknown_arm_is_refused() -> None:
    assert errors(tossing({"a": 1, "b": 1}).replace("  b: {end: b}\n", ""))[0].startswith("REF002")


def test_event_may_be_read_in_an_arm_that_only_events_lead_to() -> None:
    scenario = """
scenario: reads
trigger: {event: started}
states:
  toss: {split: {a: 1}}
  a: {send: {email: {template: a/e, with: {n: =event.n}}}, end: over}
"""
    assert run(scenario, [(MONDAY, "started", {"n": 3})]).messages[0].values == {"n": 3}
    after_a_wait = scenario.replace("toss: {", "in: {after: {1h: toss}}\n  toss: {")
    assert [error.partition(" ")[0] for error in errors(after_a_wait)] == ["EXP006"]


# -- variants

VARIANTS = """
scenario: variants
trigger: {event: started}
states:
  offer: {split: {with_code: 1, plain: 1}}
  with_code: {send: {email: {template: a/e, with: {arm: =journey.variant.offer}}}, next: length}
  plain: {send: {email: {template: a/e, with: {arm: =journey.variant.offer}}}, next: length}
  length: {split: {short: 1, long: 1}}
  short: {next: last}
  long: {next: last}
  last:
    set: {first: =journey.variant.offer, second: =journey.variant.length, none_yet: =journey.variant.later}
    send: {push: a/p}
    choose:
      journey.variant.offer == 'with_code' and journey.variant.length == 'short': {end: both}
      else: {end: other}
"""


def variants(contact: str) -> Sequence[Record]:
    program = program_of(VARIANTS)
    return step(program, new_contact(program, contact, REACHABLE), Event("started", moment(MONDAY), {}))


def test_journey_variant_is_the_arm_of_each_split_that_was_drawn() -> None:
    variants_drawn = set()
    for contact in PEOPLE[:30]:
        offer = arm_of({"with_code": 1, "plain": 1}, "split", "", "variants", "offer", contact)
        length = arm_of({"short": 1, "long": 1}, "split", "", "variants", "length", contact)
        records = variants(contact)
        first, second = (record for record in records if isinstance(record, Asked))
        assert first.values == {"arm": offer}
        assert second.captures == {"first": offer, "second": length, "none_yet": None}
        assert outcomes(records) == ["both" if (offer, length) == ("with_code", "short") else "other"]
        assert first.variant == f"offer:{offer}"
        assert second.variant == f"offer:{offer} length:{length}"
        variants_drawn.add((offer, length))
    assert len(variants_drawn) == 4


def test_templates_and_plan_rows_have_the_variant() -> None:
    writer = RowWriter(load(VARIANTS).project)
    first, second = (variant for variant in variants("ana") if isinstance(variant, Asked))
    assert writer.row("ana", second, "sent").variant == second.variant
    assert template_values("ana", first, {})["journey"]["variant"] == {"offer": first.values["arm"]}


def test_a_message_before_any_split_has_no_variant() -> None:
    scenario = """
scenario: before
trigger: {event: started}
states:
  in: {send: {email: a/e}, next: toss}
  toss: {split: {a: 1}}
  a: {send: {push: a/p}, end: over}
"""
    first, second = run(scenario, [(MONDAY, "started")]).messages
    assert (first.variant, second.variant) == ("", "toss:a")
    assert RowWriter(load(scenario).project).row("ana", first, "sent").variant is None


def test_another_journey_s_variant_is_not_read() -> None:
    scenario = VARIANTS.replace("trigger: {event: started}", "trigger: {event: started}\nreentry: always")
    program = program_of(scenario)
    state = new_contact(program, "ana", REACHABLE)
    for at in (MONDAY, "2025-03-04 10:00"):
        records = step(program, state, Event("started", moment(at), {}))
        assert len([record for record in records if isinstance(record, Entered)]) == 1
        first = next(record for record in records if isinstance(record, Asked))
        assert " " not in first.variant
