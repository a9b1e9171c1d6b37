"""The meaning of a file: it stays the same if only layout, comments, titles and the like differ, and not otherwise."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.language.build.scenario import build_scenario
from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_model, read_model
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import plain
from scenario_cli.model.canonical import DERIVED, IDLE, KINDS, UNORDERED, canonical, digest
from scenario_cli.model.expression import Const, Expression, Literal, Ref
from scenario_cli.model.project import Project
from scenario_cli.model.scenario import Scenario
from scenario_cli.model.source import Name, Span
from scenario_cli.shipped import shipped
from tests.reference.settings import scaled
from tests.rows import rows

LIBRARY = shipped("scenarios")
SCENARIOS = sorted(LIBRARY.glob("*.yaml"), key=lambda path: path.name)
SCENARIOS = [path for path in SCENARIOS if "\nscenario:" in f"\n{path.read_text(encoding='utf-8')}"]
_HERE = Span("a.yaml", 1, 1, 1, 2)


def classes_below(kind: type, classes: dict[type, None] | None = None) -> dict[type, None]:
    """All dataclasses inside a dataclass, by its type hints."""
    classes = {} if classes is None else classes
    if kind not in classes and kind not in (Span, Name, Expression, Literal):
        classes[kind] = None
        for hint in get_type_hints(kind).values():
            for part in parts_of(hint):
                if is_dataclass(part):
                    classes_below(typing.cast(type, part), classes)
    return classes


def parts_of(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from parts_of(part)


FIELDS = [(kind, each.name) for kind in classes_below(Project) for each in fields(kind)]


def sample(hint: Any, number: int, depth: int = 0) -> Any:
    """A value of a type, different for each number."""
    arguments = [part for part in get_args(hint) if part is not type(None)]
    origin = get_origin(hint)
    if hint in (str, Any):
        return f"text {number}"
    if hint in (int, float):
        return hint(number + 100)
    if hint is bool:
        return bool(number)
    if hint is date:
        return date(2026, 1, number + 1)
    if hint is Span:
        return replace(_HERE, line=number + 1)
    if hint is Name:
        return Name(f"name {number}", _HERE)
    if hint is Literal:
        return Literal(number, _HERE)
    if hint is Expression:
        return Expression(f"text {number}", Ref(f"ref{number}", _HERE), _HERE)
    if origin is typing.Literal:
        return arguments[number % len(arguments)]
    if origin in (typing.Union, types.UnionType):
        return sample(arguments[0], number, depth) if depth < 6 else None
    if origin is tuple and arguments[-1] is Ellipsis:
        return (sample(arguments[0], number, depth),) if depth < 6 else ()
    if origin is tuple:
        return tuple(sample(part, number, depth) for part in arguments)
    if origin is frozenset:
        return frozenset({sample(arguments[0], number, depth)})
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {f"key {number}": sample(arguments[1], number, depth + 1)} if depth < 6 else {}
    assert is_dataclass(hint), hint
    return sample_of(typing.cast(type, hint), number, depth + 1)


def sample_of(kind: type, number: int = 0, depth: int = 0) -> Any:
    hints = get_type_hints(kind)
    return kind(**{each.name: sample(hints[each.name], number, depth) for each in fields(kind)})


@rows(("kind", "name"), FIELDS, ids=lambda part: part if isinstance(part, str) else part.__name__)
def test_every_field_counts_but_those_that_are_named(kind: type, name: str) -> None:
    before = sample_of(kind)
    after = replace(before, **{name: sample(get_type_hints(kind)[name], 1)})
    assert after != before
    idle = name in IDLE or name in DERIVED.get(kind, ())
    assert (canonical(after) == canonical(before)) == idle
    assert (digest(after) == digest(before)) == idle


def test_the_tables_name_existing_fields() -> None:
    for table in (DERIVED, UNORDERED):
        for kind, names in table.items():
            assert names <= {each.name for each in fields(kind)}
    assert set(KINDS) <= set(classes_below(Project))


def test_values_that_can_replace_each_other_have_a_kind() -> None:
    for kind in classes_below(Project):
        for hint in get_type_hints(kind).values():
            for part in parts_of(hint):
                union = get_origin(part) in (typing.Union, types.UnionType)
                members = [arg for arg in get_args(part) if is_dataclass(arg)] if union else []
                if len(members) > 1 and Expression not in members:
                    assert len({json.dumps(canonical(sample(member, 0)).get("kind")) for member in members}) == len(
                        members
                    )


def test_a_text_differs_from_an_expression() -> None:
    text, value = Literal("cart", _HERE), Expression("cart", Ref("cart", _HERE), _HERE)
    constant = Expression("'cart'", Const("cart", _HERE), _HERE)
    assert len({digest(text), digest(value), digest(constant)}) == 3


_IN_ORDER = {"on", "when", "choose", "after", "send", "split", "set", "update"}  # the first match counts


def shuffled(content: Any, chance: Random, key: str = "") -> Any:
    """The same content with keys in another order, except where the order has a meaning."""
    if isinstance(content, list):
        return [shuffled(element, chance) for element in content]
    if not isinstance(content, dict):
        return content
    names = list(content)
    if key not in _IN_ORDER:
        first = names[:1] if key == "states" else []
        rest = names[len(first) :]
        chance.shuffle(rest)
        names = first + rest
    return {name: shuffled(content[name], chance, name) for name in names}


def in_other_words(text: str, chance: Random) -> str:
    """A scenario's text with other layout, comments, order of keys, title, owner, description and day of review."""
    node, _ = read_yaml(text.encode(), "")
    assert node is not None
    content = plain(node) | {
        name: f"{name} {chance.random()}" for name in ("title", "owner", "description") if chance.random() < 0.7
    }
    content["reviewed"] = "2026-01-31"
    for state in content["states"].values():
        if state:
            state["description"] = f"said anew {chance.random()}"
    lines = json.dumps(shuffled(content, chance), indent=chance.choice([1, 2, 7])).split("\n")
    return "# a comment\n\n" + "\n".join(
        f"{line} # another" if chance.random() < 0.2 and line.endswith(("{", ",", "[")) else line for line in lines
    )


def scenario_of(text: str, file: str) -> Scenario:
    node, _ = read_yaml(text.encode(), file)
    assert node is not None
    scenario, faults = build_scenario(node, file)
    assert scenario is not None, faults
    return scenario


@settings(max_examples=scaled(30), deadline=None)
@given(st.sampled_from(SCENARIOS), st.integers(0, 2**32))
def test_layout_comments_key_order_title_owner_and_review_change_nothing(path: Path, seed: int) -> None:
    text = path.read_text(encoding="utf-8")
    other = scenario_of(in_other_words(text, Random(seed)), "other.yaml")
    before = scenario_of(text, path.name)
    assert canonical(other) == canonical(before)
    assert digest(other) == digest(before)


@settings(max_examples=scaled(30), deadline=None)
@given(st.sampled_from(SCENARIOS), st.data())
def test_any_other_value_of_a_file_changes_it(path: Path, data: st.DataObject) -> None:
    node, _ = read_yaml(path.read_bytes(), path.name)
    assert node is not None
    content = plain(node)
    name = data.draw(st.sampled_from([key for key in content["states"] if content["states"][key]]))
    changes = (
        lambda: content.update(priority=content.get("priority", 50) + 1),
        lambda: content.update(version=content.get("version", 1) + 1),
        lambda: content["states"].update({name: {"end": "elsewhere"}}),
        lambda: content["states"].update({"one_more": {"end": "over"}}),
        lambda: content.update(holdout="7%"),
        lambda: content.update(audience="contact.vip is set"),
    )
    before = digest(scenario_of(json.dumps(content), path.name))
    data.draw(st.sampled_from(changes))()
    assert digest(scenario_of(json.dumps(content), path.name)) != before


@cache
def library() -> Project:
    return load_model(LIBRARY).project


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_of_keys_in_the_other_files_changes_nothing(seed: int) -> None:
    chance = Random(seed)
    contents = {path.relative_to(LIBRARY).as_posix(): path.read_bytes() for path in LIBRARY.rglob("*")
                if path.is_file() and path.parts[len(LIBRARY.parts)] in ("templates", "tables")}  # fmt: skip
    for file in ("project.yaml", "policy.yaml", "events.yaml", "metrics.yaml"):
        node, _ = read_yaml((LIBRARY / file).read_bytes(), file)
        assert node is not None
        contents[file] = json.dumps(shuffled(plain(node), chance)).encode()
    for path in SCENARIOS:
        contents[path.name] = path.read_bytes()
    other = read_model(Memory(contents, Path("/elsewhere"))).project
    assert canonical(other) == canonical(library())
    assert digest(other) == digest(library())
