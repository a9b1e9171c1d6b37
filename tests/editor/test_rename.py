"""Renames: every place gets the new name, so that a valid project stays valid."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from scenario_cli.editor.project import OpenProject, View
from scenario_cli.editor.rename import RENAMED, CannotRename, doubtful_places, renamed, stretches_of
from scenario_cli.editor.texts import Text
from scenario_cli.language.edit.splicing import pieced
from scenario_cli.language.symbols.symbol import Symbol
from scenario_cli.shipped import shipped


def graded(view: View) -> Counter[tuple[str, str, str]]:
    return Counter((finding.code, finding.severity, finding.span.file) for finding in view.loaded.findings)


@pytest.fixture(scope="module")
def library() -> OpenProject:
    project = OpenProject(shipped("scenarios"))
    project.read()
    return project


def test_every_state_metric_and_segment_of_the_library_can_have_another_name(library: OpenProject) -> None:
    """Makes all renames at once: a missed place would use a name that no longer exists."""
    view = library.view
    assert view is not None
    symbols = {
        occurrence.symbol
        for _, occurrence in view.everywhere()
        if occurrence.defines and occurrence.symbol.kind in RENAMED
    }
    assert len(symbols) > 200
    pieces: dict[str, set[tuple[int, int, str]]] = {}
    for symbol in symbols:
        for path, places in stretches_of(view, symbol).items():
            pieces.setdefault(path, set()).update((start, end, f"{symbol.name}_new") for start, end in places)
    changed = OpenProject(library.root)
    changed.buffers = {
        library.root / path: pieced(Text(view.named(path).text).content, edits).encode()
        for path, edits in pieces.items()
    }
    after = changed.read()
    assert graded(after) == graded(view)
    for name, scenario in view.project.scenarios.items():
        assert [f"{state}_new" for state in scenario.states] == list(after.project.scenarios[name].states)
    assert {f"{name}_new" for name in view.project.metrics} == set(after.project.metrics)


def test_every_name_of_the_library_has_its_definition(library: OpenProject) -> None:
    view = library.view
    assert view is not None
    defined = {(each.symbol.kind, each.symbol.name, each.symbol.owner) for _, each in view.everywhere() if each.defines}
    undefined = {
        (named.kind, named.name)
        for named in {each.symbol for _, each in view.everywhere()}
        if not any((named.kind, named.name, owner) in defined for owner in (named.owner, *named.owners))
        and not (named.kind in ("template", "file") and view.definitions(named))
    }
    words = {("state", "now"), ("state", "never"), ("attribute", "id")}
    parts = {name for kind, name in undefined if kind == "template"}  # of names, in comparisons by their beginning
    assert all(name.endswith("/") for name in parts)
    assert undefined - words == {("template", name) for name in parts} | {
        ("event", name) for name in ("message.sent", "message.dropped")
    }


def test_a_name_is_found_at_its_place(library: OpenProject) -> None:
    view = library.view
    assert view is not None
    named = {(path, each.symbol.kind, each.symbol.name) for path, each in view.everywhere()}
    assert named >= {
        ("project.yaml", "event", "message_sent"),  # of `messages`
        ("loyalty_points.yaml", "event", "account_created"),  # compared with trigger.event
        ("templates/cart/reminder.email.j2", "file", "layout/email.html"),
    }


PROJECT = {
    "project.yaml": "project: p\ntimezone: UTC\nchannels: {email: {address: contact.email}}\n",
    "events.yaml": "profile: {email: string}\nevents: {paid: {properties: {total: number}}, seen: {}}\n",
    "metrics.yaml": "metrics:\n  spent: {sum: event.total, of: paid}\nsegments:\n  good: metric.spent > 5\n",
    "one.yaml": """\
scenario: one
trigger: {segment: good}
goal: {event: paid, where: journey.state != 'wait'}
states:
  wait: {on: {seen: told}, after: {1d: told}}
  told:
    set: {much: "=metric['spent'] + metric.spent"}
    send: {email: hello}
    choose: {trigger.segment == 'good': wait, else: {end: done}}
""",
    "two.yaml": "scenario: two\ntrigger: {event: paid}\naudience: not running('one', state='wait')\n"
    "states:\n  wait: {after: {1d: {end: done}}}\n",
    "templates/hello.email.j2": "---\nsubject: Spent {{ metric.spent }}\n---\n"
    "{% if segment.good %}{{ metric['spent'] }}{% endif %}\n",
    "tests/one.test.yaml": """\
scenario: one
cases:
  - name: <where>
    table: [{where: wait, way: [wait]}, {where: told, way: [wait, told]}]
    contact: {email: a@example.com}
    timeline: [{at: 2025-03-03 10:00, event: paid, total: 9}]
    expect: {states: <way>}
""",
    "tests/both.test.yaml": """\
scenarios: [one, two]
cases:
  - name: both
    contact: {email: a@example.com}
    timeline: [{at: 2025-03-03 10:00, event: paid, total: 9}]
    expect: {states: {one: [wait], two: [wait]}}
""",
}


@pytest.fixture
def small(tmp_path: Path) -> OpenProject:
    for path, text in PROJECT.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    project = OpenProject(tmp_path)
    project.read()
    return project


@pytest.mark.parametrize(
    ("symbol", "places"),
    [
        (Symbol("state", "wait", "one"),
         {"one.yaml": 3, "two.yaml": 1, "tests/one.test.yaml": 2, "tests/both.test.yaml": 1}),
        (Symbol("state", "told", "one"), {"one.yaml": 3, "tests/one.test.yaml": 1}),
        (Symbol("metric", "spent"), {"metrics.yaml": 2, "one.yaml": 2, "templates/hello.email.j2": 2}),
        (Symbol("segment", "good"), {"metrics.yaml": 1, "one.yaml": 2, "templates/hello.email.j2": 1}),
    ],
)  # fmt: skip
def test_a_name_changes_in_every_place(small: OpenProject, symbol: Symbol, places: dict[str, int]) -> None:
    assert {path: len(stretches) for path, stretches in renamed(small, symbol, "other").items()} == places


@pytest.mark.parametrize(
    ("symbol", "places"),
    [
        # not the state of `two` with the same name
        (Symbol("state", "wait", "one"),
         {"one.yaml": 2, "two.yaml": 1, "tests/one.test.yaml": 2, "tests/both.test.yaml": 1}),
        (Symbol("state", "wait", "two"), {"tests/both.test.yaml": 1}),
        (Symbol("state", "wait", "", ("one", "two")),
         {"one.yaml": 2, "two.yaml": 1, "tests/one.test.yaml": 2, "tests/both.test.yaml": 2}),
        (Symbol("metric", "spent"), {"metrics.yaml": 1, "one.yaml": 2, "templates/hello.email.j2": 2}),
        (Symbol("template", "hello", "email"), {"one.yaml": 1}),
    ],
)  # fmt: skip
def test_references_are_the_places_beside_the_definition(
    small: OpenProject, symbol: Symbol, places: dict[str, int]
) -> None:
    view = small.read()
    assert Counter(path for path, _ in view.references(symbol)) == places
    assert view.definitions(symbol)
    assert not {*view.references(symbol)} & {*view.definitions(symbol)}


def test_a_name_that_may_mean_two_things_is_refused(small: OpenProject) -> None:
    path = small.root / "tests/both.test.yaml"
    path.write_text(PROJECT["tests/both.test.yaml"].replace("{one: [wait], two: [wait]}", "[wait]"), encoding="utf-8")
    small.read()
    with pytest.raises(CannotRename, match=r"both\.test\.yaml:6 can mean a state of one or two; name"):
        renamed(small, Symbol("state", "wait", "one"), "other")


def test_a_name_that_is_written_with_escapes_is_refused(small: OpenProject) -> None:
    text = (small.root / "one.yaml").read_text(encoding="utf-8")
    (small.root / "one.yaml").write_text(text.replace("seen: told", 'seen: "t\\u006fld"'), encoding="utf-8")
    small.read()
    with pytest.raises(CannotRename, match=r"one\.yaml:5 writes the name in another form"):
        renamed(small, Symbol("state", "told", "one"), "other")


def test_a_name_in_quotes_stays_in_them(small: OpenProject) -> None:
    text = PROJECT["one.yaml"].replace("  told:", '  "told":').replace("{1d: told}", "{1d: 'told'}")
    (small.root / "one.yaml").write_text(text, encoding="utf-8")
    small.read()
    stretches = renamed(small, Symbol("state", "told", "one"), "other")["one.yaml"]
    renamed_text = pieced(text, ((start, end, "other") for start, end in stretches))
    assert '  "other":' in renamed_text and "{seen: other}" in renamed_text and "{1d: 'other'}" in renamed_text


def test_a_rename_that_makes_the_project_faulty_is_refused(small: OpenProject) -> None:
    text = (small.root / "one.yaml").read_text(encoding="utf-8")
    moves = "in_flight: follow\nmigrate: {gone: told}\n"
    (small.root / "one.yaml").write_text(text.replace("goal:", f"{moves}goal:"), encoding="utf-8")
    small.read()
    with pytest.raises(CannotRename, match=r"then .*one\.yaml:4 would be wrong: REF024 'gone' is still a state"):
        renamed(small, Symbol("state", "told", "one"), "gone")


def test_a_state_of_an_event_of_any_scenario_is_doubtful(small: OpenProject) -> None:
    dropped = "  dropped: {count: message.dropped, where: event.state == 'wait'}"
    metrics = PROJECT["metrics.yaml"].replace("metrics:\n", f"metrics:\n{dropped}\n")
    of_two = "\"event.scenario == 'two' and event.state == 'wait'\""
    (small.root / "metrics.yaml").write_text(metrics, encoding="utf-8")
    (small.root / "one.yaml").write_text(
        f"{PROJECT['one.yaml']}on: {{message.dropped: {{where: {of_two}, to: told}}}}\n", encoding="utf-8"
    )
    view = small.read()
    assert doubtful_places(view, WAIT) == [view.path_in_findings("metrics.yaml") + ":2"]
    assert doubtful_places(view, SPENT) == []
    assert "metrics.yaml" not in renamed(small, WAIT, "other")


SPENT, WAIT = Symbol("metric", "spent"), Symbol("state", "wait", "one")


@pytest.mark.parametrize(
    ("symbol", "path", "old", "new", "place"),
    [
        (WAIT, "two.yaml", "scenario: two\n", "# a line more\nscenario: two\nx: [\n", r"two\.yaml"),
        (SPENT, "one.yaml", "+ metric.spent", "+ metric.spent +", r"one\.yaml:7"),
        (SPENT, "one.yaml", "{1d: told}", "{date metric.spent +: told}", r"one\.yaml:5"),
        (SPENT, "templates/hello.email.j2", "{% endif %}", "", r"hello\.email\.j2"),
        (SPENT, "templates/hello.email.j2", "subject: ", "subject: '", r"hello\.email\.j2"),
    ],
)
@pytest.mark.parametrize("was_sound", [True, False])
def test_a_name_in_a_text_that_cannot_be_read_is_refused(
    small: OpenProject, symbol: Symbol, path: str, old: str, new: str, place: str, was_sound: bool
) -> None:
    """Its places are unknown, or those of an earlier version."""
    project = small if was_sound else OpenProject(small.root)
    (small.root / path).write_text(PROJECT[path].replace(old, new), encoding="utf-8")
    project.read()
    with pytest.raises(CannotRename, match=rf"{place}.* cannot be read and may use the name; mend it first"):
        renamed(project, symbol, "other")


def test_a_text_that_cannot_be_read_keeps_no_other_name(small: OpenProject) -> None:
    small.buffers[small.root / "two.yaml"] = f"{PROJECT['two.yaml']}x: [".encode()
    small.buffers[small.root / "templates/hello.email.j2"] = b"You are told {{"
    small.read()
    assert renamed(small, Symbol("state", "told", "one"), "other")
    small.buffers.pop(small.root / "templates/hello.email.j2")
    small.read()
    assert renamed(small, Symbol("segment", "good"), "other")


def test_a_rename_works_in_unsaved_buffers(small: OpenProject) -> None:
    buffer = PROJECT["one.yaml"].replace("  told:\n", "  told:\n    description: told to them\n")
    small.buffers[small.root / "one.yaml"] = buffer.encode()
    small.read()
    stretches = renamed(small, Symbol("state", "told", "one"), "other")["one.yaml"]
    assert [buffer[start:end] for start, end in stretches] == ["told"] * 3
