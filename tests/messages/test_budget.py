"""One rendering has a budget of steps, of text and of depth; a template that exceeds it drops only its row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import pytest

from scenario_cli.engine.filters import DataEnvironment, shown_in_text, template_filters
from scenario_cli.engine.filters import tests as known_tests
from scenario_cli.messages.render import Renderer, RenderError
from scenario_cli.model import budget
from scenario_cli.model.project import Project, Template
from scenario_cli.model.source import Name, Span

LONG = "a" * 100_000
LIST = list(range(20_000))
VALUES: Mapping[str, Any] = {
    "s": LONG, "l": LIST, "rows": [{"n": number, "tags": [number]} for number in range(2_000)],
    "lines": "<!--" * 100_000, "nothing": [{} for _ in range(20_000)],
}  # fmt: skip
DOUBLE_LISTS = "{% set a = [1] %}{% set b = [1] %}" + "{% set a = [a, a] %}{% set b = [b, b] %}" * 60


def renderer(body: str, fields: Mapping[str, str], texts: Mapping[str, str]) -> tuple[Renderer, Template]:
    names = {field: Name(text, Span("templates/a.push.j2", 2, 1, 2, 2)) for field, text in fields.items()}
    template = Template("a", "push", None, "templates/a.push.j2", "a.push.j2", names, body, 1)
    project = Project("p", "", "UTC", "", templates=(template,), texts={"a.push.j2": body, **texts})
    return Renderer(project, DataEnvironment, template_filters(), known_tests(), shown_in_text), template


def rendered(body: str, values: Mapping[str, Any] = VALUES, texts: Mapping[str, str] | None = None) -> str:
    text_renderer, template = renderer(body, {}, texts or {})
    return text_renderer.render_template(template, dict(values)).body


TWICE = "{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
EACH_OTHER = "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}"
CALLER = "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}"
NESTED = "{% for a in range(90000) %}{% for b in range(90000) %}{% for c in range(90000) %}"
RUNAWAY = {
    "loops in loops": NESTED + "x" + "{% endfor %}" * 3,
    "loops that print nothing": NESTED + "{% endfor %}" * 3,
    "loops that choose nothing": "{% for a in range(90000) %}{% for b in l if b < 0 %}{% endfor %}{% endfor %}",
    "a loop over a text": "{% for a in s %}{% for b in s %}{% for c in s %}{% endfor %}{% endfor %}{% endfor %}",
    "a loop over data": "{% for a in l %}{% for b in l %}{{ a }}{% endfor %}{% endfor %}",
    "a range without end": "{% for a in range(10 ** 9) %}{% endfor %}",
    "a list without end": "{{ range(10 ** 9) | list | length }}",
    "a text that doubles": "{% set t = s %}" + "{% set t = t ~ t %}" * 40 + "{{ t | length }}",
    "a block that doubles": "{% set t %}{{ s }}{% endset %}" + "{% set t %}{{ t }}{{ t }}{% endset %}" * 40,
    "a list that doubles": "{% set t = l %}" + "{% set t = t + t %}" * 40,
    "a list of itself": DOUBLE_LISTS + "{{ a }}",
    "lists of themselves compared": DOUBLE_LISTS + "{{ a == b }}",
    "lists of themselves ordered": DOUBLE_LISTS + "{{ [a, b] | sort | length }}",
    "lists of themselves looked for": DOUBLE_LISTS + "{{ a in [b] }}",
    "lists of themselves joined": DOUBLE_LISTS + "{{ a ~ b }}",
    "lists of themselves as JSON": DOUBLE_LISTS + "{{ a | tojson }}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a macro that calls itself twice": TWICE + "{{ m(40) }}",
    "macros that call each other": EACH_OTHER + "{{ a() }}",
    "a caller that calls": CALLER + "{% call m() %}" * 15 + "x" + "{% endcall %}" * 15,
    "a loop that calls itself": "{% for a in [[1]] recursive %}{{ loop([[a]]) }}{% endfor %}",
    "replacing": "{{ s | replace('a', s) | length }}",
    "replacing by name": "{{ s | replace(old='a', new=s) | length }}",
    "joining": "{{ l | join(s) | length }}",
    "joining many": "{{ nothing | map(attribute='x') | map('default', s) | join | length }}",
    "joining an attribute": "{{ nothing | map(attribute='x') | map('default', {'x': 1}) | join(s, 'x') | length }}",
    "centring": "{{ 'x' | center(10 ** 9) | length }}",
    "centring in a loop": "{% for a in l %}{{ 'x' | center(9999) }}{% endfor %}",
    "indenting": "{{ (s | replace('a', '\n')) | indent(9999, true, true) | length }}",
    "indenting with a text": "{{ (s | replace('a', '\n')) | indent(s) | length }}",
    "wrapping": "{{ s | wordwrap(1) | length }}",
    "wrapping with a text": "{{ s | wordwrap(79, true, s) | length }}",
    "stripping comments": "{{ (lines ~ '-->') | striptags | length }}",
    "a wide format": "{{ '%0999999999d' | format(1) | length }}",
    "a wide format of a name": "{{ '%(a(b)c)0999999999d' | format(**{'a(b)c': 1}) | length }}",
    "a format of many": "{{ '" + "%(a)s" * 900 + "' | format(a=s) | length }}",
    "a format of brackets": "{{ (s | replace('a', '%(')) | format(1) }}",
    "JSON that is indented": "{{ l | tojson(9999) | length }}",
    "batches": "{{ l | batch(1) | map('batch', 9999, 0) | map('list') | list | length }}",
    "lists added up": "{{ l | batch(1) | sum(start=[]) | length }}",
    "slices in a loop": "{% for a in l %}{{ l[1:] | length }}{{ s[1:] | length }}{% endfor %}",
    "tests in a loop": "{% for a in l %}{% if s is lower %}{% endif %}{% if s in s %}{% endif %}{% endfor %}",
    "filters in a loop": "{% for a in l %}{% if s | upper | length > 3 %}{% endif %}{% endfor %}",
    "a number in a loop": "{% for a in l %}{% for b in l %}{{ 1000 ** 1000 }}{% endfor %}{% endfor %}",
    "lipsum": "{% call lipsum(10000000) %}{% endcall %}",
    "deep brackets": "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "deep lists": "{{ " + "[" * 5_000 + "]" * 5_000 + " }}",
    "deep conditions": "{% if s %}" * 3_000 + "{% endif %}" * 3_000,
    "deep loops": "{% for a in l %}" * 30 + "{% endfor %}" * 30,
}  # fmt: skip


@pytest.mark.parametrize("kind", RUNAWAY)
def test_an_endless_template_is_stopped_early(kind: str) -> None:
    with pytest.raises(RenderError, match=r"^templates/a\.push\.j2:[0-9]+: [^\n]+$"):
        rendered(RUNAWAY[kind])


def test_a_loop_over_ten_thousand_lines_is_rendered() -> None:
    rows = [{"name": f"cup {number}", "price": number * 1.5, "qty": 2} for number in range(10_000)]
    line = "{% if row.qty > 1 %}{{ row.name | upper }}: {{ row.price * row.qty }}{% endif %}"
    body = f"{{% for row in rows %}}{line}\n{{% endfor %}}"
    assert len(rendered(body, {"rows": rows}).splitlines()) == 10_000


def test_macros_loops_and_files_that_end_are_rendered() -> None:
    body = (
        "{% macro stars(n) %}{% if n > 0 %}*{{ stars(n - 1) }}{% endif %}{% endmacro %}{{ stars(20) }}"
        "{% for part in [[[[]]]] recursive %}<{{ loop(part) }}>{% endfor %}{% include 'x.txt' %}{% include 'x.txt' %}"
    )
    assert rendered(body, texts={"x.txt": "x"}) == "*" * 20 + "<<<>>>xx"


def test_the_same_number_of_steps_is_counted_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MOST_STEPS", 20_000)
    # One loop more than the limit fails, at the first rendering and at the tenth, after any other renderings.
    body = "{% from 'm.txt' import x %}{% for a in range(n) %}{{ x(a) }}{% endfor %}"
    text_renderer, template = renderer(
        body, {}, {"m.txt": "{% macro x(a) %}{{ a }}{% endmacro %}" + "{% set y = 1 + 1 %}" * 50}
    )

    def fits(n: int) -> bool:
        try:
            text_renderer.render_template(template, {"n": n})
        except RenderError:
            return False
        return True

    most = bisect_left(range(2_000), True, key=lambda n: not fits(n)) - 1
    assert 0 < most < 1_999
    assert [fits(most), fits(most + 1)] == [True, False]


@pytest.mark.parametrize("name", ["a", "b"])
def test_files_that_include_or_extend_themselves_are_stopped_early(name: str) -> None:
    files = {
        "a": {"x.txt": "{% include 'x.txt' %}{% include 'x.txt' %}"},
        "b": {"x.txt": "{% extends 'y.txt' %}", "y.txt": "{% extends 'x.txt' %}"},
    }[name]
    for body in ("{% include 'x.txt' %}", "{% extends 'x.txt' %}", "\n{% import 'x.txt' as x %}{{ x }}"):
        with pytest.raises(RenderError, match=r"^templates/a\.push\.j2:[0-9]+: [^\n]+$"):
            rendered(body, texts=files)


def test_a_field_that_runs_away_names_its_line() -> None:
    text_renderer, template = renderer(
        "x", {"title": "{% for a in range(99999) %}{% for b in s %}{% endfor %}{% endfor %}"}, {}
    )
    with pytest.raises(RenderError, match=r"^templates/a\.push\.j2:2: it takes more than 1,000,000 steps$"):
        text_renderer.render_template(template, dict(VALUES))


def test_data_nested_thousands_deep_drop_a_row_or_are_printed() -> None:
    nested: Any = []
    for _ in range(20_000):
        nested = [nested]
    other: Any = []
    for _ in range(20_000):
        other = [other]
    for body in (
        "{{ x }}", "{{ x ~ '' }}", "{{ x | tojson }}", "{{ x | string }}", "{{ x == y }}",
        "{{ [x, y] | sort | length }}",
        "{{ [x, y] | unique | list | length }}", "{{ x in [y] }}", "{{ [x] | join }}", "{{ x | upper }}", "{{ x | e }}",
        "{{ '%s' | format(x) }}", "{{ [x, y] | max }}", "{{ [{'a': x}, {'a': y}] | groupby('a') | length }}",
        "{{ [x] | sum(start=[]) }}", "{{ x | urlencode }}", "{{ x < y }}", "{{ x is eq(y) }}",
        "{{ 'a' | replace('a', x) }}",
        "{{ 'abc' | truncate(2, end=x) }}", "{{ 'abc' | default(x) | center(3) }}",
    ):  # fmt: skip
        try:
            rendered(body, {"x": nested, "y": other})
        except RenderError as error:
            assert "\n" not in str(error)
            assert "recursion" not in str(error)
