"""Metrics, segments, history calls and reference tables: the past of a contact in conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from scenario_cli.engine.metrics import MOST_VALUES
from scenario_cli.engine.tables import Table
from tests.engine.worlds import Happening, load, run
from tests.rows import rows

ASKS = """
scenario: asks
trigger: {event: noted}
states:
  kept: {set: {it: '={expression}'}, on: {stopped: {end: over}}}
"""


def read(expression: str, events: Sequence[Happening], metrics: str = "", at: str = "") -> Any:
    """The value of an expression on a `noted` event after the others, at 31 March 13:00 if no time is given."""
    scenario = ASKS.replace("{expression}", expression.replace("'", "''"))
    noted: Happening = (at or "2025-03-31 13:00", "noted", {})
    return run(scenario, [*events, noted], metrics=metrics).captured("it")


BOUGHT: list[Happening] = [
    ("2025-03-01 10:00", "bought", {"n": 10, "s": "a", "items": [{"cat": "x"}, {"cat": "y"}]}),
    ("2025-03-10 09:00", "bought", {"n": 30, "s": "b", "items": [{"cat": "x"}]}),
    ("2025-03-20 10:00", "bought", {"n": 20, "s": "a"}),
    ("2025-03-24 12:00", "bought", {"s": "b"}),
]


@rows(
    ("definition", "expected"),
    [
        ("{count: bought}", 4),
        ("{count: bought, where: event.n > 15}", 2),
        ("{count: bought, within: 7d}", 0),
        ("{count: bought, within: 8d}", 1),
        ("{sum: event.n, of: bought}", 60),
        ("{sum: event.n, of: bought, within: 22d}", 50),
        ("{avg: event.n, of: bought}", 20.0),
        ("{min: event.n, of: bought}", 10),
        ("{max: event.n, of: bought, within: 12d}", 20),
        ("{first: event.n, of: bought}", 10),
        ("{last: event.n, of: bought}", 20),
        ("{distinct: event.s, of: bought}", 2),
        ("{list: event.s, of: bought}", ["a", "b"]),
        ("{distinct: \"event.items | map(attribute='cat')\", of: bought}", 2),
        ("{list: \"event.items | map(attribute='cat')\", of: bought}", ["x", "y"]),
        ("{mode: event.s, of: bought}", "a"),
        ("{mode: event.timestamp.hour, of: bought}", 10),
        ("{count: changed}", 0),
        ("{sum: event.n, of: changed}", 0),
        ("{distinct: event.n, of: changed}", 0),
        ("{avg: event.n, of: changed}", None),
        ("{max: event.n, of: changed}", None),
        ("{list: event.s, of: changed}", None),
        ("{count: interest}", 0),
    ],
)
def test_an_aggregate_is_over_the_events_of_its_window(definition: str, expected: Any) -> None:
    figure = read("metric.m", BOUGHT, f"metrics:\n  m: {definition}\n")
    assert figure == expected
    assert type(figure) is type(expected)


@pytest.mark.parametrize(("expression", "expected"), [("metric['m']", 4), ("segment['s']", True)])
def test_a_metric_and_a_segment_may_be_named_as_a_key(expression: str, expected: Any) -> None:
    assert read(expression, BOUGHT, "metrics:\n  m: {count: bought}\nsegments:\n  s: metric['m'] > 3\n") == expected


def test_a_window_does_not_cover_its_first_instant() -> None:
    metrics = "metrics:\n  m: {count: bought, within: 7d}\n"
    bought: list[Happening] = [("2025-03-24 12:00", "bought", {})]
    assert read("metric.m", bought, metrics, "2025-03-31 13:00") == 0
    assert read("metric.m", bought, metrics, "2025-03-31 12:59") == 1


def test_metrics_include_the_event_at_hand() -> None:
    scenario = "scenario: s\ntrigger: {event: bought, where: metric.m == 2}\nstates:\n  in: {end: done}\n"
    story = run(scenario, [("2025-03-01 10:00", "bought"), ("2025-03-02 10:00", "bought")],
                metrics="metrics:\n  m: {count: bought}\n")  # fmt: skip
    assert story.lines == ["2025-03-02 10:00 entered", "2025-03-02 10:00 -> in", "2025-03-02 10:00 end done"]


def test_formulas_read_other_metrics_and_bins_include_their_upper_edge() -> None:
    metrics = """
metrics:
  orders: {count: bought}
  spent: {sum: event.n, of: bought}
  basket: {value: metric.spent / metric.orders}
  size: {bins: metric.basket, at: [10, 15, 50], labels: [tiny, small, fair, large]}
"""
    assert read("metric.basket", BOUGHT, metrics) == 15
    assert read("metric.size", BOUGHT, metrics) == "small"


def test_a_sum_leaves_out_a_value_that_is_not_a_number_with_a_warning() -> None:
    scenario = ASKS.replace("{expression}", "metric.m")
    story = run(scenario, [("2025-03-01 10:00", "bought", {"x": "much"}), ("2025-03-02 10:00", "noted")],
                metrics="metrics:\n  m: {sum: event.x, of: bought}\n")  # fmt: skip
    assert story.captured("it") == 0
    assert [warning.place for warning in story.warnings] == ["metric.m"]


def test_a_list_without_a_window_holds_a_bounded_number_of_values() -> None:
    events: list[Happening] = [("2025-03-01 10:00", "bought", {"n": number}) for number in range(MOST_VALUES + 3)]
    scenario = ASKS.replace("{expression}", "metric.m | length")
    story = run(
        scenario, [*events, ("2025-03-02 10:00", "noted")], metrics="metrics:\n  m: {list: event.n, of: bought}\n"
    )
    assert story.captured("it") == MOST_VALUES
    assert len(story.warnings) == 3


@rows(
    ("call", "expected"),
    [
        ("count('bought')", 4),
        ("count('bought', within='8d')", 1),
        ("count('bought', where=past.n > 15)", 2),
        ("happened('bought')", True),
        ("happened('changed')", False),
        ("last('bought').s", "b"),
        ("last('bought', n=2).n", 20),
        ("last('bought', 3).n", 30),
        ("last('bought', n=9)", None),
        ("last('bought', where=past.n > 25).n", 30),
        ("last('bought', within='7d')", None),
        ("count('bought', since='2025-03-10 09:00')", 2),
        ("count('bought', since=date(contact.birthday))", 0),
        ("count('interest')", 0),
    ],
)
def test_history_calls_look_at_past_events(call: str, expected: Any) -> None:
    assert read(call, BOUGHT) == expected


def test_a_past_event_can_be_compared_with_the_one_at_hand() -> None:
    scenario = """
scenario: s
trigger: {event: bought, where: "count('bought', within='30d', where=past.s == event.s) == 2"}
states:
  in: {end: done}
"""
    events: list[Happening] = [("2025-03-01 10:00", "bought", {"s": "a"}), ("2025-03-02 10:00", "bought", {"s": "b"}),
              ("2025-03-03 10:00", "bought", {"s": "a"})]  # fmt: skip
    assert [line for line in run(scenario, events).lines if "entered" in line] == ["2025-03-03 10:00 entered"]


def test_since_the_entry_counts_what_came_after_it() -> None:
    scenario = """
scenario: s
trigger: {event: started}
states:
  in:
    on: {changed: {where: "count('changed', since=journey.entered_at) == 2", to: out}}
  out: {end: done}
"""
    events: list[Happening] = [
        ("2025-03-01 10:00", "changed"),
        ("2025-03-02 10:00", "started"),
        ("2025-03-03 10:00", "changed"),
        ("2025-03-04 10:00", "changed"),
    ]
    assert run(scenario, events).moved[-1] == "2025-03-04 10:00 -> out (on changed)"


def test_the_executor_s_own_events_are_history_too() -> None:
    scenario = """
scenario: s
trigger: {event: started}
reentry: always
states:
  in: {send: {email: hello}, next: after_it}
  after_it: {choose: {"count('message.sent') >= 2": twice, else: once}}
  twice: {end: twice}
  once: {end: once}
"""
    story = run(
        scenario, [("2025-03-01 10:00", "started"), ("2025-03-02 10:00", "started"), ("2025-03-03 10:00", "started")]
    )
    assert story.outcomes == ["once", "once", "twice"]


def test_running_is_whether_a_journey_of_another_scenario_runs() -> None:
    first = "scenario: first\npriority: 90\ntrigger: {event: started}\nstates:\n  in: {on: {stopped: {end: over}}}\n"
    asks = "scenario: asks\ntrigger: {event: bought}\naudience: not running('first')\nreentry: always\n" \
           "states:\n  in: {end: done}\n"  # fmt: skip
    story = run([first, asks], [("2025-03-01 10:00", "started"), ("2025-03-02 10:00", "bought"),
                                ("2025-03-03 10:00", "stopped"), ("2025-03-04 10:00", "bought")])  # fmt: skip
    assert story.refusals == ["audience"]
    assert story.outcomes == ["over", "done"]


def test_a_segment_by_what_runs_is_looked_at_when_a_journey_enters_and_ends() -> None:
    first = "scenario: first\npriority: 90\ntrigger: {event: started}\nstates:\n  in: {on: {stopped: {end: over}}}\n"
    asks = "scenario: asks\ntrigger: {event: bought}\naudience: segment.busy\nstates:\n  in: {end: done}\n"
    leaves = "scenario: leaves\ntrigger: {segment: busy, change: left}\nstates:\n  in: {end: free}\n"
    story = run([first, asks, leaves],
                [("2025-03-01 09:00", "bought"), ("2025-03-01 10:00", "started"), ("2025-03-02 10:00", "bought"),
                 ("2025-03-03 10:00", "stopped"), ("2025-03-04 10:00", "bought")],
                metrics="segments:\n  busy: running('first')\n")  # fmt: skip
    assert story.refusals == ["audience", "audience"]
    assert [entry.scenario for entry in story.entries] == ["first", "asks", "leaves"]
    assert story.outcomes == ["done", "over", "free"]


def test_a_data_warning_of_a_segment_is_recorded_in_order_of_time() -> None:
    """Membership is from the last event, although no scenario reads it before the tick."""
    scenario = "scenario: s\ntrigger: {schedule: at 12:00}\naudience: not segment.rich\nstates: {in: {end: done}}\n"
    events: list[Happening] = [
        ("2025-03-03 10:00", "profile_updated", {"points": "many"}), ("2025-03-03 11:00", "bought"),
    ]  # fmt: skip
    story = run(scenario, events, until="2025-03-03 12:00", metrics="segments:\n  rich: contact.points > 3\n")
    assert len(story.warnings) == 1
    assert [record.at for record in story.records] == sorted(record.at for record in story.records)


def test_a_segment_by_what_runs_is_as_it_was_when_the_event_arrived() -> None:
    """The contact can enter both by the event: memberships are calculated before any scenario runs."""
    first = "scenario: first\ntrigger: {event: started}\nstates: {in: {on: {stopped: {end: over}}}}\n"
    second = "scenario: second\ntrigger: {event: started}\naudience: not segment.busy\nstates: {in: {end: done}}\n"
    story = run([first, second], [("2025-03-03 10:00", "started")], metrics="segments:\n  busy: running('first')\n")
    assert [entry.scenario for entry in story.entries] == ["first", "second"]


def test_a_table_gives_the_row_that_is_valid_at_the_instant() -> None:
    table = Table([("A", 100, {"price": 1}), ("A", 200, {"price": 2}), (7, None, {"price": 3})])
    assert [table.look_up("A", at) for at in (99, 100, 199, 200)] == [None, {"price": 1}, {"price": 1}, {"price": 2}]
    assert table.look_up("7", 0) == table.look_up(7.0, 0) == {"price": 3}
    assert table.look_up("B", 0) is None
    assert table.look_up(None, 0) is None


@rows(
    ("metrics", "expected"),
    [
        (
            "metrics:\n  a: {value: metric.b}\n  b: {value: metric.a + 1}\n",
            "EXP013 'metric.a' depends on itself: metric.a -> metric.b -> metric.a",
        ),
        ("segments:\n  a: segment.a\n", "EXP013 'segment.a' depends on itself: segment.a -> segment.a"),
        ("metrics:\n  a: {count: boght}\n", "REF001 unknown event 'boght'"),
        (
            "metrics:\n  a: {sum: contact.points, of: bought}\n",
            "EXP012 'contact' is not allowed here: a metric is calculated when its event arrives",
        ),
        (
            "metrics:\n  a: {count: bought, where: count('started') > 1}\n",
            "EXP012 'count(...)' is not allowed here: a metric is calculated when its event arrives",
        ),
        (
            "metrics:\n  a: {bins: contact.points, at: [3, 1], labels: [a, b, c]}\n",
            "SCH020 the edges of 'at' do not increase",
        ),
        ("segments:\n  a: metric.nothing > 1\n", "REF014 unknown metric 'nothing'"),
    ],
)
def test_a_faulty_metric_is_a_finding(metrics: str, expected: str) -> None:
    findings = load("scenario: s\ntrigger: {event: started}\nstates:\n  in: {end: done}\n", metrics=metrics).findings
    assert expected in [f"{finding.code} {finding.message}" for finding in findings if finding.severity == "error"]


@pytest.mark.parametrize("since", ["journey.entered_at", "trigger.timestamp", "began"])
def test_events_before_the_entry_of_every_journey_are_let_go(since: str) -> None:
    scenario = f"""
scenario: s
trigger: {{event: started}}
states:
  in:
    set: {{began: =now}}
    on: {{stopped: {{where: "count('changed', since={since}) >= 0", to: {{end: over}}}}}}
"""
    events: list[Happening] = [(f"2025-03-01 {n // 60:02}:{n % 60:02}", "changed") for n in range(200)]
    story = run(scenario, events)
    assert max(len(times) for times, _ in filter(None, story.state.slots)) <= 64


def test_history_since_the_first_event_of_an_absence_is_refused() -> None:
    scenario = """
scenario: s
trigger: {absence: bought, for: 3d, since: started}
states:
  in: {choose: {"count('changed', since=trigger.timestamp, where=past.n == trigger.n) > 0": many, else: none_yet}}
  many: {end: many}
  none_yet: {end: none_yet}
"""
    findings = load(scenario).findings
    assert "EXP011" in [finding.code for finding in findings if finding.severity == "error"]


def test_a_row_of_several_keys_is_found_by_all_of_them() -> None:
    rows = [(("paris", 7), None, {"left": 1}), (("lille", 7), None, {"left": 2}), ((None, 7), None, {"left": 3})]
    table = Table(rows)
    assert table.look_up(("paris", "7"), 0) == {"left": 1}
    assert table.look_up(("lille", 7.0), 0) == {"left": 2}
    for keys in (("paris", 8), (7, "paris"), (None, 7), ("paris", ["7"]), "paris"):
        assert table.look_up(keys, 0) is None
