"""The values that expressions read, and their results (section 4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.worlds import PLAN, holds, load, moment, run, value
from tests.rows import rows

DATA: dict[str, Any] = {
    "n": 7,
    "s": "Tea and Cups",
    "d": "2025-03-03",
    "id": "c1",
    "items": [
        {"sku": "a", "price": 10, "qty": 2},
        {"sku": "b", "price": 5, "qty": 1},
        {"sku": "a", "price": 1, "qty": 3},
    ],
    "cart": {"items": ["x"], "keys": 3, "get": "it", "total": 95, "deep": {"er": 1}},
}


@rows(
    ("expression", "expected"),
    [
        # operators
        ("event.n + 1", 8),
        ("event.n / 2", 3.5),
        ("event.n // 2", 3),
        ("event.n % 4", 3),
        ("event.n ** 2", 49),
        ("-event.n", -7),
        ("event.s ~ '!' ~ event.n", "Tea and Cups!7"),
        ("event.x ~ event.d", "2025-03-03"),
        ("1 < event.n < 10", True),
        ("1 < event.n < 5", False),
        ("1 < event.n > 5 == true", False),
        ("event.n in [7, 8]", True),
        ("'Tea' in event.s", True),
        ("'keys' in event.cart", True),
        ("event.n == 7 and not event.n == 8", True),
        ("'many' if event.n > 5 else 'few'", "many"),
        ("[1] + [2]", [1, 2]),
        ("event.items[0].sku", "a"),
        ("event.items[-1].sku", "a"),
        ("event.items[1:] | length", 2),
        ("event.s[:3]", "Tea"),
        ("{'a': 1}.a", 1),
        # filters
        ("event.items | length", 3),
        ("event.items | map(attribute='price') | list", [10, 5, 1]),
        ("event.items | map(attribute='price') | sum", 16),
        ("event.items | sum(attribute='price')", 16),
        ("event.items | selectattr('price', 'gt', 4) | map(attribute='sku') | list", ["a", "b"]),
        ("event.items | rejectattr('price', 'gt', 4) | map(attribute='qty') | list", [3]),
        ("event.items | map(attribute='sku') | unique | list", ["a", "b"]),
        ("event.items | sort(attribute='price') | map(attribute='price') | list", [1, 5, 10]),
        ("event.items | map(attribute='price') | max", 10),
        ("event.items | map(attribute='price') | min", 1),
        ("event.items | map(attribute='sku') | first", "a"),
        ("event.items | map(attribute='sku') | join('-')", "a-b-a"),
        ("event.items | map(attribute='price') | select('odd') | list", [5, 1]),
        ("event.s | lower", "tea and cups"),
        ("event.s | upper | length", 12),
        ("event.s | replace('Tea', 'Pots')", "Pots and Cups"),
        ("' x ' | trim", "x"),
        ("2.567 | round(2)", 2.57),
        ("'%.2f' | format(2.5)", "2.50"),
        ("event.x | default('none given')", "none given"),
        ("'' | default('empty', true)", "empty"),
        ("'12' | int + 1", 13),
        # functions
        ("any(event.items, item.price > 9)", True),
        ("all(event.items, item.price > 9)", False),
        ("all(event.items, item.qty > 0)", True),
        ("filter(event.items, item.sku == 'a') | length", 2),
        ("total(event.items, item.price * item.qty)", 28),
        ("any(event.items, any(event.items, item.price > 9) and item.qty == 3)", True),
        ("any(event.items, item.price > event.n + 2)", True),
        ("days_since('2025-03-01T10:00:00')", 2.0),
        ("date('2025-03-03').weekday", "mon"),
        ("event.d.weekday", "mon"),
        ("distance_km(48.8566, 2.3522, 48.8566, 2.3522)", 0.0),
        ("(distance_km(48.8566, 2.3522, 51.5074, -0.1278)) | round", 344.0),
        ("duration('1d') == duration('24h')", True),
        ("now == event.timestamp", True),
        # names
        ("event.event", "started"),
        ("event.cart.items", ["x"]),
        ("event.cart.keys", 3),
        ("event.cart.get", "it"),
        ("event.cart.deep.er", 1),
        ("event['cart']['total']", 95),
        ("contact.id", "ana"),
        ("journey.state", "kept"),
        ("journey.entered_at == now", True),
    ],
)  # fmt: skip
def test_expressions_have_these_values(expression: str, expected: object) -> None:
    assert value(expression, DATA) == expected


@rows(
    "expression",
    [
        "'' ~ event.s", "[event.s] ~ ''", "{'a': event.s} ~ ''", "[event.s] | join", "'%s' | format(event.s)",
        "'' ~ date(event.s)", "date(event.s) | string", "date(event.s) | upper", "[date(event.s)] | join",
        "[date(event.s)] | map('string') | first",
    ],
)  # fmt: skip
def test_a_date_time_in_a_text_is_on_the_clock_of_the_expression(expression: str) -> None:
    shown = value(expression, {"s": "2025-03-01T23:30:00Z"})
    assert "2025-03-02 00:30" in shown
    assert "23:30" not in shown


@rows(
    ("condition", "true"),
    [
        ("event.n is odd and event.n is not even and event.n is divisibleby(7)", True),
        ("event.n is number and event.n is integer and event.n is not float and event.n is not string", True),
        ("event.s is string and event.cart is mapping and event.items is sequence", True),
        ("event.x is undefined and event.n is defined and event.x is not defined", True),
        ("event.n is eq(7) and event.n is ne(8) and event.n is gt(6) and event.n is le(7)", True),
        ("event.n is in([6, 7])", True),
        ("(event.n > 5) is true and (event.n > 9) is false and (event.n > 5) is boolean", True),
    ],
)
def test_tests(condition: str, true: bool) -> None:
    assert holds(condition, DATA) == (true, 0)


def test_event_s_own_fields_and_properties_of_those_names() -> None:
    plan = PLAN.replace("      id: string\n", "      event: string\n      timestamp: string\n")
    scenario = """
scenario: fields
trigger: {event: started, where: event.event == 'started' and event.properties.event == 'other'}
states:
  here:
    set: {it: =event, day: =event.timestamp.day, said: =event.properties.timestamp, id: =event.event_id}
    on: {stopped: {end: over}}
"""
    story = run(scenario, [("2025-03-03 10:00", "started", {"event": "other", "timestamp": "never"}, "e1")], plan=plan)
    assert (story.captured("day"), story.captured("said"), story.captured("id")) == (3, "never", "e1")
    assert story.captured("it")["event"] == "started"
    assert story.captured("it")["properties"]["event"] == "other"


def test_a_captured_event_is_read_like_an_event() -> None:
    scenario = """
scenario: fields
trigger: {event: started}
states:
  one: {set: {cart: =event}, after: {1h: two}}
  two: {choose: {cart.n == 7 and cart.timestamp.hour == 10 and cart.event == 'started': same, else: other}}
  same: {end: same}
  other: {end: other}
"""
    assert run(scenario, [("2025-03-03 10:00", "started", {"n": 7})], until="2025-03-04 10:00").outcomes == ["same"]


FIRST, SECOND = "2025-10-26T02:50:00+02:00", "2025-10-26T02:10:00+01:00"


def later(condition: str, begin: str, then: str) -> list[str]:
    quoted = condition.replace("'", "''")
    scenario = f"""
scenario: later
trigger: {{event: started}}
states: {{in: {{on: {{changed: {{where: '{quoted}', to: {{end: holds}}}}}}}}}}
"""
    return run(scenario, [(begin, "started"), (then, "changed")]).outcomes


@pytest.mark.parametrize(
    "condition",
    [
        "event.timestamp > trigger.timestamp",
        "now > journey.entered_at",
        "event.timestamp > date('2025-10-26T00:50:00Z')",
    ],
)
def test_a_later_instant_is_greater_even_if_the_clock_goes_back(condition: str) -> None:
    assert later(condition, FIRST, SECOND) == ["holds"]


def test_two_instants_that_show_the_same_time_are_not_equal() -> None:
    first, second = "2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00"
    assert later("event.timestamp != trigger.timestamp", first, second) == ["holds"]


def test_the_difference_of_two_instants_is_the_time_elapsed() -> None:
    # 01:50 to 03:10 in the night of 30 March is twenty minutes.
    begin, then = "2025-03-30T01:50:00+01:00", "2025-03-30T03:10:00+02:00"
    assert later("event.timestamp - trigger.timestamp < duration('30min')", begin, then) == ["holds"]
    assert later("trigger.timestamp + duration('30min') > event.timestamp", begin, then) == ["holds"]


def test_days_since_counts_days_of_24_hours_over_a_clock_change() -> None:
    # 29 March 10:00 to 30 March 10:00 is 23 hours.
    condition = "days_since(trigger.timestamp) > 0.958 and days_since(trigger.timestamp) < 0.959"
    assert later(condition, "2025-03-29T10:00:00+01:00", "2025-03-30T10:00:00+02:00") == ["holds"]


def test_a_test_reads_a_date_time_on_the_contact_s_clock_like_its_operator() -> None:
    # The event occurs at 10:00 in Paris, 09:00 UTC.
    for operator, test in (("<", "lt"), ("==", "eq")):
        text = "2025-03-03T10:00:00" if test == "eq" else "2025-03-03T10:30:00"
        assert holds(f"event.timestamp {operator} '{text}'", {}) == (True, 0)
        assert holds(f"event.timestamp is {test}('{text}')", {}) == (True, 0)


@pytest.mark.parametrize("name", ["random", "attr", "pprint"])
def test_data_cannot_choose_a_filter_that_is_not_of_the_language(name: str) -> None:
    assert value("event.items | map(event.s) | list", {"items": [[1, 2, 3]], "s": name}) is None


def test_the_engine_reads_no_clock_and_no_chance() -> None:
    scenario = (
        "scenario: pure\ntrigger: {event: started}\nstates: {in: {set: {it: =now}, on: {stopped: {end: over}}}}\n"
    )
    captured = [run(scenario, [("2025-03-03 10:00", "started")]).captured("it") for _ in range(2)]
    assert captured[0] == captured[1]
    assert int(captured[0].timestamp() * 1_000_000) == moment("2025-03-03 10:00")


def test_a_project_that_cannot_be_read_does_not_raise() -> None:
    assert load("scenario: [").broken


@rows(
    ("elements", "filter_", "detail"),
    [
        ([1, None], "max", "the number '1' cannot be ordered against a missing value"),
        (["a", 1], "sort", "the text 'a' cannot be ordered against the number '1'"),
        ([{"n": 1}, {"n": "x"}], "sort(attribute='n')", "the number '1' cannot be ordered against the text 'x'"),
        ([{"n": 1}, {"n": "x"}], "groupby('n')", "the number '1' cannot be ordered against the text 'x'"),
        ({"a": 1, "b": "x"}, "dictsort(by='value')", "the number '1' cannot be ordered against the text 'x'"),
    ],
)
def test_elements_without_an_order_are_named_in_the_data_warning(elements: Any, filter_: str, detail: str) -> None:
    scenario = (
        "scenario: asks\ntrigger: {event: started}\nstates:\n  kept:\n"
        f'    set: {{it: "=event.x | {filter_}"}}\n    on: {{stopped: {{end: over}}}}\n'
    )
    assert [
        warning.detail for warning in run(scenario, [("2025-03-03 10:00", "started", {"x": elements})]).warnings
    ] == [detail]


@rows(
    ("condition", "x", "expected"),
    [
        ("event.x - duration('1d') < now", "2025-03-04T09:00:00+01:00", (True, 0)),
        ("now - event.x == duration('2h')", "2025-03-03 08:00", (True, 0)),
        ("event.x - now > duration('1d')", "2025-03-05", (True, 0)),
        ("event.x + duration('36h') == '2025-03-04 12:00'", "2025-03-03", (True, 0)),
        ("event.x - '2025-03-01' == duration('2d')", "2025-03-03", (True, 0)),
        ("event.x - '2025-03-30' == duration('23h')", "2025-03-31", (True, 0)),  # clocks go forward in Paris
        ("event.x + '-01' == '2025-03-03-01'", "2025-03-03", (True, 0)),  # texts are joined
        ("event.x - duration('1d') < now", "soon", (False, 1)),
        ("now - event.x < duration('1d')", "soon", (False, 1)),
        ("event.x - '2025-03-01' > duration('1d')", "soon", (False, 1)),
    ],
)
def test_arithmetic_reads_the_text_of_a_date_as_comparisons_do(
    condition: str, x: str, expected: tuple[bool, int]
) -> None:
    assert holds(condition, {"x": x}, {}) == expected
