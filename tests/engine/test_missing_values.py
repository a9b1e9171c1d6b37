"""Missing values, types that do not fit, and conditions that are texts (section 4, "Missing values")."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.worlds import REACHABLE, errors, holds, run, value
from tests.rows import rows

# `x`, `s`, `n`, `d`, `items` and `cart` are declared and absent; `y` is 5.
ABSENT: dict[str, Any] = {"y": 5}


@rows("name", ["event.x", "event.n", "contact.points", "event.cart.total", "event.items[0].sku", "event.cart"])
def test_a_missing_value_is_none(name: str) -> None:
    assert holds(f"{name} is none", ABSENT) == (True, 0)
    assert holds(f"{name} == none", ABSENT) == (True, 0)
    assert holds(f"{name} is not none", ABSENT) == (False, 0)
    assert holds(f"{name} != none", ABSENT) == (False, 0)


@pytest.mark.parametrize("name", ["event.x", "contact.flag"])
def test_null_in_the_data_is_none_too(name: str) -> None:
    assert holds(f"{name} is none", {"x": None}, {"flag": None}) == (True, 0)


def test_a_false_a_zero_and_an_empty_text_are_not_missing() -> None:
    empty: tuple[Any, ...] = (False, 0, "", [], {})
    for present in empty:
        assert holds("event.x is not none and event.x != none", {"x": present}) == (True, 0)


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_ordering_with_none_is_false_and_no_warning(operator: str) -> None:
    assert holds(f"event.x {operator} 5", ABSENT) == (False, 0)
    assert holds(f"5 {operator} event.x", ABSENT) == (False, 0)
    assert holds(f"event.x {operator} none", ABSENT) == (False, 0)
    assert holds(f"not (event.x {operator} 5)", ABSENT) == (True, 0)


@pytest.mark.parametrize("test", ["lt(5)", "le(5)", "gt(5)", "ge(5)"])
def test_ordering_tests_with_none_are_false_and_no_warning(test: str) -> None:
    assert holds(f"event.x is {test}", ABSENT) == (False, 0)
    assert holds(f"event.x is not {test}", ABSENT) == (True, 0)


@pytest.mark.parametrize("test", ["lt(event.x)", "ge(event.x)"])
def test_ordering_tests_against_none_are_false_and_no_warning(test: str) -> None:
    assert holds(f"event.y is {test}", ABSENT) == (False, 0)
    assert holds(f"event.y is not {test}", ABSENT) == (True, 0)


def test_in_none_is_false_and_not_in_its_negation() -> None:
    assert holds("5 in event.items", ABSENT) == (False, 0)
    assert holds("5 not in event.items", ABSENT) == (True, 0)
    assert holds("event.x in event.items", ABSENT) == (False, 0)


def test_the_test_in_reads_none_like_the_operator() -> None:
    assert holds("event.y is in(event.items)", ABSENT) == (False, 0)
    assert holds("event.y is not in(event.items)", ABSENT) == (True, 0)


def test_none_is_found_in_a_list_that_holds_it() -> None:
    assert holds("event.x in [1, none]", ABSENT) == (True, 0)
    assert holds("event.x in [1, 2]", ABSENT) == (False, 0)


def test_not_equal_is_the_negation_of_equal() -> None:
    assert holds("event.x == 5", ABSENT) == (False, 0)
    assert holds("event.x != 5", ABSENT) == (True, 0)


@rows("operator", ["+", "-", "*", "/", "//", "%", "**"])
def test_arithmetic_with_none_is_none(operator: str) -> None:
    assert holds(f"(event.x {operator} 5) is none", ABSENT) == (True, 0)
    assert holds(f"(5 {operator} event.x) is none", ABSENT) == (True, 0)
    assert holds(f"(event.y {operator} 5) is not none", ABSENT) == (True, 0)


def test_the_negative_of_none_is_none() -> None:
    assert holds("-event.x is none and +event.x is none", ABSENT) == (True, 0)


@pytest.mark.parametrize("operator", ["/", "//", "%"])
def test_division_by_zero_is_none_and_no_warning(operator: str) -> None:
    assert holds(f"(event.y {operator} 0) is none", ABSENT) == (True, 0)
    assert holds(f"(event.y {operator} 0.0) is none", ABSENT) == (True, 0)


@rows(
    "filtered",
    [
        "upper", "lower", "title", "trim", "capitalize", "abs", "round", "int", "float", "first", "last", "sum", "min",
        "max", "sort", "unique", "reverse", "join(', ')", "replace('a', 'b')", "map('upper')", "select", "reject",
        "selectattr('a')", "rejectattr('a')", "list", "items", "string", "truncate(3)", "wordcount", "format(1)",
    ],
)  # fmt: skip
def test_a_filter_gives_none_on_none(filtered: str) -> None:
    assert holds(f"(event.x | {filtered}) is none", ABSENT) == (True, 0)


def test_default_and_length_are_the_exceptions() -> None:
    assert holds("(event.x | default(7)) == 7 and (event.x | d(7)) == 7", ABSENT) == (True, 0)
    assert holds("event.x | length == 0 and event.x | count == 0", ABSENT) == (True, 0)
    assert holds("event.y | default(7) == 5", ABSENT) == (True, 0)


@pytest.mark.parametrize("picked", ["first", "last", "min", "max"])
def test_an_element_of_an_empty_list_is_none(picked: str) -> None:
    assert holds(f"(event.items | {picked}) is none", {"items": []}) == (True, 0)
    assert holds(f"(event.items | {picked}) == none", {"items": []}) == (True, 0)
    assert holds(f"(event.items | {picked}) > 3", {"items": []}) == (False, 0)


def test_an_element_of_an_empty_list_is_captured_as_none() -> None:
    assert value("event.items | first", {"items": []}) is None


def test_a_key_of_none_is_none() -> None:
    assert holds("event.x.deep.deeper is none and event.x['deep'] is none and event.x[0] is none", ABSENT) == (True, 0)
    assert holds("event.items[5] is none and event.items[-5] is none", {"items": [1]}) == (True, 0)


def test_functions_give_none_or_false_on_none() -> None:
    assert holds("days_since(event.x) is none and date(event.x) is none and duration(event.x) is none", ABSENT) == (
        True,
        0,
    )
    assert holds("days_since(event.x) > 3", ABSENT) == (False, 0)
    assert holds("any(event.items, item > 1)", ABSENT) == (False, 0)
    assert holds("filter(event.items, item > 1) is none and total(event.items, item) is none", ABSENT) == (True, 0)
    assert holds("distance_km(1, 2, 3, event.x) is none", ABSENT) == (True, 0)


def test_total_leaves_missing_values_out() -> None:
    assert value("total(event.items, item.a)", {"items": [{"a": 1}, {}, {"a": None}, {"a": 2}]}) == 3


@pytest.mark.parametrize("unreadable", ["soon", "", "2025-13-45", "12:00"])
def test_an_unreadable_date_is_none(unreadable: str) -> None:
    assert holds("date(event.s) is none", {"s": unreadable}) == (True, 0)
    assert holds("days_since(event.s) > 3", {"s": unreadable}) == (False, 0)


# -- conditions


@pytest.mark.parametrize("text", ["yes", "true", "0", " "])
def test_a_condition_that_is_a_text_is_false_with_a_warning(text: str) -> None:
    assert holds("event.x", {"x": text}) == (False, 1)


def test_a_condition_that_is_none_is_false_without_one() -> None:
    assert holds("event.x", {}) == (False, 0)


@rows(
    ("x", "true"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        (0.5, True),
        (-1, True),
        ([0], True),
        ([], False),
        ({"a": 1}, True),
        ({}, False),
    ],
)
def test_numbers_lists_and_booleans_count_as_jinja_counts_them(x: object, true: bool) -> None:
    assert holds("event.x", {"x": x}) == (true, 0)


def test_a_text_is_false_in_the_functions_over_lists_too() -> None:
    assert holds("any(event.items, item)", {"items": ["yes"]})[0] is False
    assert holds("all(event.items, item)", {"items": ["yes"]})[0] is False
    assert value("filter(event.items, item)", {"items": ["yes", 1]}) == [1]


# -- types that do not fit

UNFIT = [
    ("event.x > 5", "many"),
    ("event.x > 5", "7"),
    ("5 <= event.x", "many"),
    ("event.x < 5", [1]),
    ("event.x < 5", {"a": 1}),
    ("event.x > 0", True),
    ("event.x < 'b'", 5),
    ("event.x + 5 > 0", "1"),
    ("event.x * 2 > 0", "1"),
    ("event.x - 1 > 0", [2]),
    ("-event.x < 0", "1"),
    ("event.x + 1 > 0", True),
    ("any(event.x, item > 1)", 5),
    ("total(event.x, item) > 1", "12"),
    ("total(event.x, item) > 1", [1, "2"]),
    ("event.x | length > 0", 5),
    ("event.x | sum > 0", ["a", 1]),
    ("event.x | sort | first == 1", ["a", 1]),
    ("event.x | abs > 0", "a"),
    ("5 in event.x", 7),
    ("event.x[1:] == 'b'", 7),
    ("distance_km(event.x, 0, 0, 0) > 0", "north"),
    ("now + duration(event.x) > now", "soon"),
]


@rows(("condition", "x"), UNFIT)
def test_a_type_that_does_not_fit_makes_the_condition_false_and_is_one_data_warning(condition: str, x: object) -> None:
    assert holds(condition, {"x": x}) == (False, 1)


@pytest.mark.parametrize("condition", ["event.n in event.s", "event.n not in event.s"])
def test_looking_for_a_number_in_a_text_does_not_fit(condition: str) -> None:
    assert holds(condition, {"n": 5, "s": "5 pieces"}) == (False, 1)


def test_a_negation_around_a_misfit_is_false_as_well() -> None:
    assert holds("not (event.x > 5)", {"x": "many"}) == (False, 1)


def test_a_data_warning_names_event_expression_and_example() -> None:
    scenario = "scenario: w\ntrigger: {event: started, where: event.n > 5}\nstates: {in: {end: over}}\n"
    (warning,) = run(scenario, [("2025-03-03 10:00", "started", {"n": "four hundred"})]).warnings
    assert (warning.scenario, warning.event, warning.place) == ("w", "started", "event.n > 5")
    assert "four hundred" in warning.detail


def test_a_long_value_is_cut_in_a_data_warning() -> None:
    scenario = "scenario: w\ntrigger: {event: started, where: event.n > 5}\nstates: {in: {end: over}}\n"
    (warning,) = run(scenario, [("2025-03-03 10:00", "started", {"n": "x" * 100_000})]).warnings
    assert len(warning.detail) < 300


PLACES = [
    ("trigger", "{event: started, where: event.x > 5}", "in: {end: over}", []),
    ("choose", "{event: started}", "in: {choose: {event.x > 5: {end: more}, else: {end: less}}}", ["less"]),
    ("when", "{event: started}", "in: {when: {trigger.x > 5: {end: more}}, after: {1h: {end: less}}}", ["less"]),
    (
        "after",
        "{event: started}",
        "in: {after: [{wait: 1h, if: trigger.x > 5, to: {end: more}}, {wait: 2h, to: {end: less}}]}",
        ["less"],
    ),
    ("send", "{event: started}", "in: {send: {email: {template: a/b, if: event.x > 5}}, end: less}", ["less"]),
]


@pytest.mark.parametrize(("where", "trigger", "state", "outcomes"), PLACES)
def test_a_misfit_is_false_and_counted_in_every_condition(
    where: str, trigger: str, state: str, outcomes: list[str]
) -> None:
    scenario = f"scenario: w\ntrigger: {trigger}\nstates:\n  {state}\n"
    story = run(scenario, [("2025-03-03 10:00", "started", {"x": "many"})], REACHABLE, until="2025-03-04 10:00")
    assert (story.outcomes, story.messages) == (outcomes, []), where
    assert story.warnings, where


@pytest.mark.parametrize("setting", ["audience: event.x > 5", "key: event.x + 5"])
def test_a_misfit_in_a_rule_of_entry_refuses_and_is_counted(setting: str) -> None:
    scenario = f"scenario: w\ntrigger: {{event: started}}\n{setting}\nstates: {{in: {{end: over}}}}\n"
    story = run(scenario, [("2025-03-03 10:00", "started", {"x": "many"})])
    assert story.refusals == [setting.split(":")[0]]
    assert len(story.warnings) == 1


def test_a_misfit_in_a_captured_value_is_none_and_counted() -> None:
    scenario = (
        "scenario: w\ntrigger: {event: started}\nstates: {in: {set: {it: =event.x * 2}, on: {stopped: {end: over}}}}\n"
    )
    story = run(scenario, [("2025-03-03 10:00", "started", {"x": "many"})])
    assert (story.captured("it"), len(story.warnings)) == (None, 1)


@rows(
    ("condition", "code"),
    [
        ("event.nothing > 5", "REF004"),
        ("contact.nothing > 5", "REF004"),
        ("nobody > 5", "EXP002"),
        ("nobody(5)", "EXP003"),
        ("event.x | nothing", "EXP004"),
        ("event.x is nothing", "EXP005"),
    ],
)
def test_an_unknown_name_is_an_error_before_anything_runs(condition: str, code: str) -> None:
    quoted = condition.replace("'", "''")
    scenario = f"scenario: w\ntrigger: {{event: started, where: '{quoted}'}}\nstates: {{in: {{end: over}}}}\n"
    assert [error[:6] for error in errors(scenario)] == [code]


@pytest.mark.parametrize(
    "condition",
    [
        "event.items | map('nothing') | length > 0",
        "event.items | select('nothing') | length > 0",
        "event.items | selectattr('a', 'nothing') | length > 0",
    ],
)
def test_an_unknown_filter_or_test_that_another_filter_is_given_is_an_error_too(condition: str) -> None:
    scenario = f'scenario: w\ntrigger: {{event: started, where: "{condition}"}}\nstates: {{in: {{end: over}}}}\n'
    assert [error[:6] for error in errors(scenario)] in (["EXP004"], ["EXP005"])
