"""What expressions read and give, and that nothing in one gets out of the data, hangs or raises (section 4)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.model.records import Moved
from tests.engine.worlds import PLAN, errors, holds, load, moment, run, value

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


@pytest.mark.parametrize(
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
def test_what_an_expression_gives(expression: str, expected: object) -> None:
    assert value(expression, DATA) == expected


@pytest.mark.parametrize(
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


# -- instants on a clock that changes: 02:50 comes first, 02:10 twenty minutes later, on 26 October 2025 in Paris

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
def test_of_two_instants_the_later_is_greater_also_where_the_clock_goes_back(condition: str) -> None:
    assert later(condition, FIRST, SECOND) == ["holds"]


def test_two_instants_that_show_the_same_time_are_not_equal() -> None:
    first, second = "2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00"
    assert later("event.timestamp != trigger.timestamp", first, second) == ["holds"]


def test_what_lies_between_two_instants_is_what_elapsed() -> None:
    # From 01:50 to 03:10 on the night of 30 March are twenty minutes.
    begin, then = "2025-03-30T01:50:00+01:00", "2025-03-30T03:10:00+02:00"
    assert later("event.timestamp - trigger.timestamp < duration('30min')", begin, then) == ["holds"]
    assert later("trigger.timestamp + duration('30min') > event.timestamp", begin, then) == ["holds"]


def test_days_since_counts_days_of_24_hours_over_a_clock_change() -> None:
    # From 29 March 10:00 to 30 March 10:00 are 23 hours.
    condition = "days_since(trigger.timestamp) > 0.958 and days_since(trigger.timestamp) < 0.959"
    assert later(condition, "2025-03-29T10:00:00+01:00", "2025-03-30T10:00:00+02:00") == ["holds"]


def test_a_test_reads_a_date_time_on_the_contact_s_clock_like_the_operator_it_stands_for() -> None:
    # The event comes at 10:00 in Paris, 09:00 UTC.
    for operator, test in (("<", "lt"), ("==", "eq")):
        text = "2025-03-03T10:00:00" if test == "eq" else "2025-03-03T10:30:00"
        assert holds(f"event.timestamp {operator} '{text}'", {}) == (True, 0)
        assert holds(f"event.timestamp is {test}('{text}')", {}) == (True, 0)


@pytest.mark.parametrize("name", ["random", "attr", "pprint"])
def test_data_cannot_choose_a_filter_that_is_not_of_the_language(name: str) -> None:
    assert value("event.items | map(event.s) | list", {"items": [[1, 2, 3]], "s": name}) is None


# -- attempts to get out of the data

OUT = [
    "''.__class__",
    "''['__class__']",
    "(1).__class__",
    "[].__class__.__mro__",
    "{}.__class__",
    "event.cart.__class__",
    "event.cart['__class__']",
    "event.items.append",
    "event.items[0].__class__.__mro__[-1]",
    "event.s.format",
    "event.cart.deep.__init__",
    "event.items | map(attribute='__class__') | first",
    "event.items | map(attribute='__class__.__mro__') | first",
    "[event.s] | map(attribute='__class__') | first",
    "event.items | sort(attribute='__class__') | map(attribute='__class__') | first",
    "event.items | groupby('__class__') | map(attribute='__class__') | first",
    "'{0.__class__}' | format(event)",
    "'{0.__class__.__mro__}' | format('')",
    "'%(__class__)s' | format(event)",
    "event.items | sum(attribute='__class__')",
    "duration('3d').days",
    "duration('3d').__class__",
    "true.real",
    "(event.items | first).__dict__",
    "(event.items | batch(2) | first).__class__",
    "trigger.cart.__getattribute__",
    "contact.flag.__class__",
    "journey.key.__class__",
]


@pytest.mark.parametrize("attempt", OUT)
def test_no_attribute_of_python_is_reached(attempt: str) -> None:
    assert value(attempt, DATA, {"flag": "x"}) is None


@pytest.mark.parametrize(
    "attempt",
    [
        "event.__class__",
        "event.__class__.__mro__",
        "event['__class__']",
        "contact.__class__",
        "journey.__class__",
        "event.timestamp.__class__",
        "event.timestamp.tzinfo",
        "now.replace",
        "''.join(['a'])",
        "event.s.upper()",
        "event.cart.get('total')",
        "event.s | attr('__class__')",
        "event.items | random",
        "event.s | pprint",
        "event.s | tojson",
        "event.n is sameas(7)",
        "event.n is callable",
        "self",
        "range(10)",
        "dict(a=1)",
        "cycler(1)",
        "lipsum()",
        "namespace()",
        "__import__('os')",
        "eval('1')",
        "open('/etc/passwd')",
        "_NAMES",
        "f",
        "k0",
        "arithmetic",
        "event.s(1)",
        "(event.s)(1)",
        "total(*event.items)",
        "lambda: 1",
        "[x for x in event.items]",
        "x := 1",
        "event.n; event.n",
    ],
)
def test_what_is_not_of_the_language_is_an_error_before_anything_runs(attempt: str) -> None:
    quoted = attempt.replace("'", "''")
    scenario = f"scenario: o\ntrigger: {{event: started, where: '{quoted}'}}\nstates: {{in: {{end: over}}}}\n"
    assert errors(scenario)


@pytest.mark.parametrize("name", ["random", "attr", "pprint", "tojson", "xmlattr", "urlize"])
def test_no_filter_that_is_not_of_the_language_comes_in_by_its_name(name: str) -> None:
    scenario = f"""
scenario: o
trigger: {{event: started, where: "event.items | map('{name}') | list"}}
states: {{in: {{end: over}}}}
"""
    assert errors(scenario)


@pytest.mark.parametrize(
    "expression",
    [
        "event.n | round(2, 'sideways')",
        "event.cart | dictsort(false, 'sideways')",
        "event.items | map() | list",
        "event.items | map(attribute='a', other=1) | list",
        "event.items | map(event.x) | list",
        "event.items | map(event.s) | list",
        "event.items | select(event.s) | list",
        "event.items | selectattr('sku', event.s) | list",
        "event.items | selectattr() | list",
        "event.items | sort(attribute=event.cart) | list",
        "event.items | sort | list",
        "event.items | unique | list",
        "event.items | groupby(event.items) | list",
        "event.items | batch(0) | list",
        "event.items | batch('a') | list",
        "event.items | slice(0) | list",
        "event.items | first(1, 2, 3)",
        "event.s | truncate(-1)",
        "event.s | replace(1, 2)",
        "event.s | int(base=99)",
        "event.s | format(1, 2, a=3)",
        "'%d%d' | format(1)",
        "'%*d' | format(1, 'a')",
        "event.n is divisibleby(0)",
        "event.n is divisibleby",
        "event.n is in(5)",
        "event.n is gt('a')",
        "event.items[event.items]",
        "event.cart[event.cart]",
        "event.items['a':'b']",
        "{event.items: 1}",
        "{event.cart: 1}.a",
        "0 ** -1",
        "(0 - 8) ** 0.5",
        "10.0 ** 999 * 10.0 ** 999",
        "1000 ** 1000 / 3",
        "date('0001-01-01')",
        "date('9999-12-31').hour",
        "date('0001-01-01').hour",
        "days_since('0001-01-01')",
        "now + duration('49y') ",
        "now - duration('40000d') - duration('18000d') - duration('18000d') - duration('900w') * 9999",
        "duration('99999999999999999999d')",
        "duration(event.items)",
        "distance_km(10 ** 300, 10 ** 300, 10 ** 300, 10 ** 300)",
        "distance_km(10.0 ** 300 * 10.0 ** 300, 0, 0, 0)",
        "event.s * 1000000000",
        "event.items * 1000000000",
        "'a' % event.s",
        "total(event.items, item)",
        "any(event.items, item)",
        "event.items | join(event.x)",
        "(event.items | last) < (event.items | first)",
    ],
)
def test_an_odd_use_never_stops_a_run(expression: str) -> None:
    # Refused before anything runs, or none or a value with at most a data warning: only an exception fails.
    quoted = expression.replace("'", "''")
    scenario = f"""
scenario: odd
trigger: {{event: started}}
states:
  kept: {{set: {{it: '={quoted}'}}, choose: {{'{quoted}': {{end: over}}, else: {{end: over}}}}}}
"""
    if not errors(scenario):
        assert run(scenario, [("2025-03-03 10:00", "started", DATA)]).outcomes == ["over"]


@pytest.mark.parametrize(
    "expression",
    [
        "1000 ** 1000 * 1000 ** 1000",  # more digits than Python writes
        "event.n * 1000 ** 1000 * 1000 ** 1000",
    ],
)
@pytest.mark.parametrize(
    "place",
    ["set: {it: '=%s'}, end: over", "send: {email: {template: a/b, with: {it: '=%s'}}}, end: over"],
)
def test_a_number_of_thousands_of_digits_stops_no_run(expression: str, place: str) -> None:
    scenario = f"scenario: big\ntrigger: {{event: started}}\nstates: {{in: {{{place % expression}}}}}\n"
    assert run(scenario, [("2025-03-03 10:00", "started", DATA)]).outcomes == ["over"]


def test_a_key_of_thousands_of_digits_stops_no_run() -> None:
    scenario = "scenario: big\ntrigger: {event: started}\nkey: 1000 ** 1000 * 1000 ** 1000\nstates: {in: {end: over}}\n"
    story = run(scenario, [("2025-03-03 10:00", "started")])
    assert story.outcomes == ["over"] or story.refusals == ["key"]


def test_a_capture_that_squares_itself_every_hour_stays_within_its_bound() -> None:
    scenario = """
scenario: grows
trigger: {event: started}
states:
  one: {set: {it: 10}, next: two}
  two: {set: {it: '=it * it'}, after: {1h: two}}
"""
    story = run(scenario, [("2025-03-03 10:00", "started")], until="2025-03-05 10:00")
    assert len([one for one in story.records if isinstance(one, Moved)]) == 50
    assert (story.captured("it") or 0).bit_length() <= 64 * 1024 * 8


# -- depth and length

DEEP = [
    "not " * 2_000 + "true",
    "(" * 2_000 + "1" + ")" * 1_990,
    "(" * 1_500 + "1" + ")" * 1_500,
    "[" * 1_500 + "]" * 1_500,
    "-" * 1_900 + "1",
    " + ".join(["1"] * 900),
    " or ".join(["event.n"] * 300),
    " ~ ".join(["'a'"] * 50),
    " ~ ".join(["'a'"] * 400),
    "event.n" + " | abs" * 500,
    "event.cart" + ".a" * 1_500,
    "event.cart" + "['a']" * 700,
    "1 if true else " * 250 + "1",
    "(1 if true else " * 28 + "1" + ")" * 28,
    "any(event.items, " * 150 + "true" + ")" * 150,
    "{'a': " * 55 + "1" + "}" * 55,
    "1 | default(default_value=" * 55 + "1" + ")" * 55,
    "event.n < " * 500 + "1",
    "event.n > 0x" + "f" * 3_900,
    "event.n > " + "9" * 3_900,
    "'" + "a" * 3_900 + "' == event.s",
]


@pytest.mark.parametrize("expression", DEEP, ids=range(len(DEEP)))
def test_depth_and_length_are_refused_or_run_but_never_raise(expression: str) -> None:
    quoted = expression.replace("'", "''")
    scenario = f"scenario: deep\ntrigger: {{event: started, where: '{quoted}'}}\nstates: {{in: {{end: over}}}}\n"
    if not errors(scenario):
        run(scenario, [("2025-03-03 10:00", "started", DATA)])


def test_an_expression_of_more_than_4_000_characters_is_refused() -> None:
    long = "a" * 4_000
    scenario = f"""
scenario: long
trigger: {{event: started, where: "event.s == '{long}'"}}
states: {{in: {{end: over}}}}
"""
    assert [one[:6] for one in errors(scenario)] == ["EXP001"]


# -- what would take a machine's time or memory: in a process of its own, which may use two seconds and 200 MB more

_CHILD = """
import sys
from resource import RLIMIT_AS, RLIMIT_CPU, RUSAGE_SELF, getrusage, setrlimit
from tests.engine.worlds import errors, run
scenario = sys.stdin.read()
before = getrusage(RUSAGE_SELF)
setrlimit(RLIMIT_AS, (4 << 30, 4 << 30))
seconds = int(before.ru_utime + before.ru_stime) + 2
setrlimit(RLIMIT_CPU, (seconds, seconds))
if not errors(scenario):
    carried = {"items": [1], "n": 5, "s": "a" * 20_000, "id": "random"}
    story = run(scenario, [("2025-03-03 10:00", "started", carried)])
    assert story.outcomes == ["over"], story.outcomes
    grown = (getrusage(RUSAGE_SELF).ru_maxrss - before.ru_maxrss) // 1024
    assert grown < 200, f"{grown} MB"
"""


def between(depth: int) -> str:
    """A comparison with a comparison in its middle, and so on."""
    text = "event.n"
    for _ in range(depth):
        text = f"0 <= ({text}) <= 9"
    return text


GREEDY = [
    # width of a number
    "'%0500000000d' | format(1) | length",
    "'%*d' | format(500000000, 1) | length",
    "'%(a)0500000000d' | format(a=1) | length",
    # digits to round to
    "1.5 | round(99999999, 'ceil')",
    # filling a batch
    "event.items | batch(999999999, 0) | length",
    # slices of a list
    "event.items | slice(999999999) | length",
    # replacing and replacing
    "event.s" + " | replace('a', 'aaaaaaaaaa')" * 12 + " | length",
    # a long text for every letter of a long text
    "event.s | replace('a', event.s) | length",
    # powers of powers
    "event.n ** 1000 ** 1000",
    # comparisons in comparisons
    between(24),
]


@pytest.mark.skipif(sys.platform != "linux", reason="time and memory are limited and measured as Linux does")
@pytest.mark.parametrize("expression", GREEDY, ids=range(len(GREEDY)))
def test_no_expression_takes_the_machine_s_time_or_memory(expression: str) -> None:
    quoted = expression.replace("'", "''")
    scenario = (
        f"scenario: greedy\ntrigger: {{event: started}}\nstates: {{in: {{set: {{it: '={quoted}'}}, end: over}}}}\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _CHILD],
        input=scenario,
        text=True,
        cwd=root,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]


def test_the_engine_reads_no_clock_and_no_chance() -> None:
    scenario = (
        "scenario: pure\ntrigger: {event: started}\nstates: {in: {set: {it: =now}, on: {stopped: {end: over}}}}\n"
    )
    captured = [run(scenario, [("2025-03-03 10:00", "started")]).captured("it") for _ in range(2)]
    assert captured[0] == captured[1]
    assert int(captured[0].timestamp() * 1_000_000) == moment("2025-03-03 10:00")


def test_a_project_that_cannot_be_read_does_not_raise() -> None:
    assert load("scenario: [").broken
