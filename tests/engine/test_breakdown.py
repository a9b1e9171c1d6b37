"""Figures by value: the values that exist, the count of each, and the largest number of values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from scenario_cli.engine.breakdown import MOST_KEYS
from scenario_cli.engine.figures import Figures
from scenario_cli.engine.filters import DataEnvironment
from scenario_cli.engine.plain_values import plain, value_of
from scenario_cli.engine.snapshot import restore, save
from scenario_cli.engine.step import step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Warned
from tests.engine.worlds import Happening, Story, moment, run
from tests.rows import rows

ASKS = """
scenario: asks
trigger: {event: noted}
reentry: always
states:
  kept: {set: {it: '={expression}'}, on: {stopped: {end: over}}}
"""
METRICS = "metrics:\n  m: {definition}\n"
BOUGHT: list[Happening] = [
    ("2025-03-01 10:00", "bought", {"n": 10, "s": "a", "x": 7, "items": ["c", "c", "d"]}),
    ("2025-03-10 09:00", "bought", {"n": 30, "s": "b", "x": "7", "items": ["c", {"k": 1}, None]}),
    ("2025-03-20 10:00", "bought", {"n": 20, "s": "a", "x": True, "items": "d"}),
    ("2025-03-24 12:00", "bought", {"s": "b", "x": 7.0}),
    ("2025-03-25 12:00", "bought", {"n": 5, "x": 2.5}),
]


def story(definition: str, expression: str, events: Sequence[Happening] = BOUGHT) -> Story:
    scenario = ASKS.replace("{expression}", expression.replace("'", "''"))
    noted: Happening = ("2025-03-31 13:00", "noted", {})
    return run(scenario, [*events, noted], metrics=METRICS.replace("{definition}", definition))


@rows(
    ("definition", "expected"),
    [
        ("{count: bought, by: event.s}", {"a": 2, "b": 2}),
        ("{count: bought, by: event.s, where: event.n > 15}", {"a": 1, "b": 1}),
        ("{count: bought, by: event.s, within: 12d}", {"a": 1, "b": 1}),
        ("{count: bought, by: event.s, within: 7d1h}", {"b": 1}),
        ("{count: bought, by: event.s, within: 1d}", {}),
        ("{sum: event.n, of: bought, by: event.s}", {"a": 30, "b": 30}),
        ("{avg: event.n, of: bought, by: event.s}", {"a": 15.0, "b": 30.0}),
        ("{min: event.n, of: bought, by: event.s}", {"a": 10, "b": 30}),
        ("{max: event.n, of: bought, by: event.s, within: 12d}", {"a": 20}),
        ("{first: event.n, of: bought, by: event.s}", {"a": 10, "b": 30}),
        ("{last: event.n, of: bought, by: event.s}", {"a": 20, "b": 30}),
        ("{count: bought, by: event.x}", {"2.5": 1, "7": 3, "true": 1}),
        ("{count: bought, by: event.items}", {"c": 2, "d": 2}),
        ("{count: bought, by: event.missing_here}", {}),
        ("{count: changed, by: event.s}", {}),
    ],
)
def test_each_value_that_came_has_a_figure(definition: str, expected: dict[str, Any]) -> None:
    definition = definition.replace("missing_here", "id")
    assert story(definition, "metric.m").captured("it") == expected
    for key, figure in expected.items():
        assert story(definition, f"metric.m['{key}']").captured("it") == figure


@rows(("kind", "figure"), [("count: bought", 0), ("sum: event.n, of: bought", 0), *(
    (f"{kind}: event.n, of: bought", None) for kind in ("min", "max", "avg", "first", "last"))])  # fmt: skip
@rows("read", ["metric.m['z']", "metric.m.z", "metric.m[event.s]", "metric.m[9]", "it['z']"])
def test_a_value_that_never_came_has_the_figure_of_nothing(kind: str, figure: Any, read: str) -> None:
    scenario = """scenario: asks
trigger: {event: noted}
states:
  first: {set: {it: =metric.m, got: '=READ'}, on: {stopped: {end: over}}}
""".replace("READ", read.replace("'", "''"))
    metrics = METRICS.replace("{definition}", f"{{{kind}, by: event.s}}")
    for before in ([], BOUGHT):
        records = run(scenario, [*before, ("2025-03-31 13:00", "noted", {})], metrics=metrics)
        assert records.captured("got") == figure


def test_a_mapping_cannot_be_a_key_and_is_reported() -> None:
    values = story("{count: bought, by: event.items}", "metric.m")
    assert [record.detail for record in values.records if isinstance(record, Warned)] == [
        "the mapping \"{'k': 1}\" cannot be used for 'by'"
    ]


def _many(count: int, day: int = 1) -> list[Happening]:
    return [(f"2025-03-{day:02} 10:00", "bought", {"s": f"s{day}.{number}"}) for number in range(count)]


def test_a_thousand_values_have_figures_and_others_a_warning() -> None:
    more: list[Happening] = [
        ("2025-03-03 10:00", "bought", {"s": "new"}), ("2025-03-03 11:00", "bought", {"s": "s1.7"}),
    ]  # fmt: skip
    values = story("{count: bought, by: event.s}", "[metric.m | length, metric.m.new, metric.m['s1.7']]",
                 [*_many(MOST_KEYS), *more])  # fmt: skip
    assert values.captured("it") == [MOST_KEYS, 0, 2]
    assert [record.detail for record in values.records if isinstance(record, Warned)] == [
        "more than 1,000 values of 'by': the rest are left out"
    ]


def test_in_a_window_a_value_makes_room_once_its_events_have_left() -> None:
    expression = "[metric.m | length, metric.m['s28.0'], metric.m['s1.0']]"
    values = story("{count: bought, by: event.s, within: 20d}", expression, [*_many(MOST_KEYS), *_many(1, 28)])
    assert values.captured("it") == [1, 1, 0]
    values = story("{count: bought, by: event.s, within: 40d}", expression, [*_many(MOST_KEYS), *_many(1, 28)])
    assert values.captured("it") == [MOST_KEYS, 0, 1]


@pytest.mark.parametrize("within", ["", ", within: 40d"])
def test_figures_are_the_same_after_a_contact_was_saved_and_restored(within: str) -> None:
    values = story(f"{{sum: event.n, of: bought, by: event.s{within}}}", "metric.m")
    saved = json.loads(json.dumps(save(values.program, values.state)))
    state = restore(values.program, saved)
    assert save(values.program, state) == saved
    step(values.program, state, Event("bought", moment("2025-04-01 10:00"), {"s": "a", "n": 1}))
    step(values.program, state, Event("noted", moment("2025-04-01 11:00"), {}))
    captured = [journey.captures["it"] for journey in state.journeys["asks"]]
    assert captured[0] == {"a": 30, "b": 30}
    assert captured[0].get("z") == 0


def test_figures_as_plain_data_are_the_same_figures() -> None:
    figures = value_of(json.loads(json.dumps(plain({"in": Figures({"a": 1, "$b": 2}, 0)}))))["in"]
    assert (figures, figures.get("z"), figures["z"]) == ({"a": 1, "$b": 2}, 0, 0)


def test_a_template_shows_a_figure_and_that_of_nothing() -> None:
    environment = DataEnvironment()
    text = "{{ m['a'] }} {{ m.z }} {{ m[7] }} {{ m | length }}{% for key in m %} {{ key }}{% endfor %}"
    assert environment.from_string(text).render(m=Figures({"7": 2, "a": 1}, 0)) == "1 0 2 2 7 a"
