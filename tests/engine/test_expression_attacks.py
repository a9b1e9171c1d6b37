"""Expressions cannot read outside the data, hang, use up the machine or raise (section 4)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scenario_cli.model.records import Moved
from tests.engine.test_expressions import DATA
from tests.engine.worlds import errors, run, value
from tests.rows import rows

OUT = [
    "([''] | first).__class__",
    "([''] | first)['__class__']",
    "([1] | first).__class__",
    "([[]] | first).__class__.__mro__",
    "([{}] | first).__class__",
    "event.cart.__class__",
    "event.cart['__class__']",
    "([event.items] | first).append",
    "event.items[0].__class__.__mro__[-1]",
    "([event.s] | first).format",
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
    "([duration('3d')] | first).days",
    "([duration('3d')] | first).__class__",
    "([true] | first).real",
    "(event.items | first).__dict__",
    "(event.items | batch(2) | first).__class__",
    "trigger.cart.__getattribute__",
    "contact.flag.__class__",
    "journey.key.__class__",
]


@rows("attempt", OUT)
def test_no_attribute_of_python_is_reached(attempt: str) -> None:
    assert value(attempt, DATA, {"flag": "x"}) is None


@rows(
    "attempt",
    [
        "''.__class__",
        "''['__class__']",
        "(1).__class__",
        "[].__class__.__mro__",
        "event.items.append",
        "event.s.format",
        "duration('3d').days",
        "duration('3d').__class__",
        "true.real",
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
def test_unknown_syntax_is_an_error_before_anything_runs(attempt: str) -> None:
    quoted = attempt.replace("'", "''")
    scenario = f"scenario: o\ntrigger: {{event: started, where: '{quoted}'}}\nstates: {{in: {{end: over}}}}\n"
    assert errors(scenario)


@rows("name", ["random", "attr", "pprint", "tojson", "xmlattr", "urlize"])
def test_unknown_filters_in_map_are_errors(name: str) -> None:
    scenario = f"""
scenario: o
trigger: {{event: started, where: "event.items | map('{name}') | list"}}
states: {{in: {{end: over}}}}
"""
    assert errors(scenario)


@rows(
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
    # Three results are correct: refused before the run, missing, a value with at most a data warning; exceptions fail.
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
        "1000 ** 1000 * 1000 ** 1000",  # more digits than Python prints
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
    assert len([record for record in story.records if isinstance(record, Moved)]) == 50
    assert (story.captured("it") or 0).bit_length() <= 64 * 1024 * 8


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


@rows("expression", DEEP, ids=range(len(DEEP)))
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
    assert [error[:6] for error in errors(scenario)] == ["EXP001"]


# -- expressions that could use up a machine's time or memory: each in its own process, with ten seconds and 200 MB more

# One process imports the engine, and a fork of it runs each scenario.
_PARENT = """
import json
import os
import sys
import traceback
from resource import RLIMIT_AS, RLIMIT_CPU, RUSAGE_SELF, getrusage, setrlimit
from tests.engine.worlds import errors, run

def ran(scenario):
    before = getrusage(RUSAGE_SELF)
    setrlimit(RLIMIT_AS, (4 << 30, 4 << 30))
    seconds = int(before.ru_utime + before.ru_stime) + 10
    setrlimit(RLIMIT_CPU, (seconds, seconds))
    if not errors(scenario):
        carried = {"items": [1], "n": 5, "s": "a" * 20_000, "id": "random"}
        story = run(scenario, [("2025-03-03 10:00", "started", carried)])
        assert story.outcomes == ["over"], story.outcomes
        grown = (getrusage(RUSAGE_SELF).ru_maxrss - before.ru_maxrss) // 1024
        assert grown < 200, f"{grown} MB"

ended = []
for scenario in json.load(sys.stdin):
    child = os.fork()
    if not child:
        try:
            ran(scenario)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    ended.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(ended))
"""


def between(depth: int) -> str:
    """A comparison with a comparison in its middle, nested to a depth."""
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
    # repeated replacing
    "event.s" + " | replace('a', 'aaaaaaaaaa')" * 12 + " | length",
    # a long text for every letter of a long text
    "event.s | replace('a', event.s) | length",
    # power of a power
    "event.n ** 1000 ** 1000",
    # nested comparisons
    between(24),
]


def greedy(expression: str) -> str:
    quoted = expression.replace("'", "''")
    return f"scenario: greedy\ntrigger: {{event: started}}\nstates: {{in: {{set: {{it: '={quoted}'}}, end: over}}}}\n"


@pytest.fixture(scope="module")
def ended() -> tuple[list[int], str]:
    """The exit code of each expression's process, negative if a signal ended it, and the output of all processes."""
    process = subprocess.run(
        [sys.executable, "-c", _PARENT],
        input=json.dumps([*map(greedy, GREEDY)]),
        text=True,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=60,
        check=True,
    )
    return json.loads(process.stdout), process.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="time and memory are limited and measured as Linux does")
@pytest.mark.parametrize("number", range(len(GREEDY)), ids=range(len(GREEDY)))
def test_no_expression_takes_the_machine_s_time_or_memory(number: int, ended: tuple[list[int], str]) -> None:
    codes, output = ended
    assert codes[number] == 0, (GREEDY[number], output[-2_000:])


MANY = {"items": [{"sku": number, "tags": [number, [number]]} for number in range(3_000)], "s": "a" * 100_000}

# Work that grows with the product of lists, or with texts in lists. Each expression gives up within a second or two.
GROWING = [
    "any(event.items, any(event.items, item.sku < 0))",
    "total(event.items, total(event.items, item.sku))",
    "filter(event.items, filter(event.items, item in event.items) | length > 0) | length",
    "any(event.items, item in event.items and item.sku == -1)",
    "all(event.items, event.s | replace('a', 'b') | length > 1)",
    "all(event.items, 'b' not in event.s)",
    "all(event.items, event.items == event.items)",
    "all(event.items, event.items | map(attribute='sku') | sum > 1)",
    "event.items | map('default', 1) | map('replace', 'a', event.s) | list | length",
    "event.items | map(attribute='x') | map('default', event.s) | join | length",
    "event.s" + " ~ event.s" * 11,
    "event.items | batch(1) | map('batch', 9999, 0) | list | length",
]


@rows("expression", GROWING, ids=range(len(GROWING)))
def test_work_past_the_bound_is_a_missing_value_and_a_data_warning(expression: str) -> None:
    quoted = expression.replace("'", "''")
    scenario = f"""
scenario: grows
trigger: {{event: started}}
states:
  kept: {{set: {{it: '={quoted}'}}, choose: {{"it is none": {{end: none}}, else: {{end: over}}}}}}
"""
    story = run(scenario, [("2025-03-03 10:00", "started", MANY)])
    assert (story.outcomes, len(story.warnings)) == (["none"], 1)


def test_loops_of_a_few_hundred_elements_within_each_other_are_worked_out() -> None:
    items = [{"sku": number, "price": 2.5} for number in range(300)]
    total = value("total(event.items, total(event.items, item.price))", {"items": items})
    assert total == 300 * 300 * 2.5


def test_numbers_of_any_size_are_compared_and_shown_by_filters() -> None:
    items = [{"price": 25_000}, {"price": 5}]
    assert value("event.items | selectattr('price', 'gt', 20000) | list | length", {"items": items}) == 1
    assert value("'%d' | format(25000)", {}) == "25000"
