"""Entries taken out of a YAML file and added to another: comments stay, and the rest of the file is not changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.language.edit.entries import CannotSplice, add_to_list, cut, entry, put
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import plain
from tests.reference.settings import scaled
from tests.rows import rows

PLAN = """\
# yaml-language-server: $schema=x
# The plan.

events:
  # What a visit is.
  # Ask Claire.
  visited:
    properties: {page: string}   # the path

  bought:                 # paid
    properties:
      total: number
    # indented: of this one

groups:
  any: [visited]
"""


def test_an_entry_cut_from_braces_leaves_its_neighbours() -> None:
    table = "editions: {file: tables/editions.csv, key: month, owner: b2b marketing}\n"
    assert cut(table, ("editions", "owner")) == "editions:\n  file: tables/editions.csv\n  key: month\n"


def test_an_entry_cut_from_lines_of_its_own_takes_its_comment_along() -> None:
    assert cut(PLAN, ("events", "visited")).splitlines()[3:5] == ["events:", "  bought:                 # paid"]


def test_an_entry_brings_its_comments() -> None:
    assert entry(PLAN, ("events", "visited")) == (
        "# What a visit is.\n# Ask Claire.\nvisited:\n  properties: {page: string}   # the path\n"
    )
    assert entry(PLAN, ("events", "bought")) == (
        "bought:                 # paid\n  properties:\n    total: number\n  # indented: of this one\n"
    )
    assert entry(PLAN, ("events", "bought", "properties", "total")) == "total: number\n"
    assert entry(PLAN, ("events", "sold")) is None
    assert entry(PLAN, ("metrics", "any")) is None


NEW = "# New.\nsold:\n  properties: {n: number}\n"


@rows(
    ("before", "after"),
    [
        # After the last entry, with the same spacing, before the text that follows.
        (PLAN, PLAN.replace("\ngroups:", "\n  # New.\n  sold:\n    properties: {n: number}\n\ngroups:")),
        ("events:\n    a: {}\n    b: {}\nc: 1\n",
         "events:\n    a: {}\n    b: {}\n    # New.\n    sold:\n      properties: {n: number}\nc: 1\n"),
        ("events:\n  a: {}", "events:\n  a: {}\n  # New.\n  sold:\n    properties: {n: number}\n"),
        # A file without entries.
        ("", "events:\n  # New.\n  sold:\n    properties: {n: number}\n"),
        ("# Only this.\n", "# Only this.\n\nevents:\n  # New.\n  sold:\n    properties: {n: number}\n"),
        ("profile: {x: string}\n", "profile: {x: string}\n\nevents:\n  # New.\n  sold:\n    properties: {n: number}\n"),
        ("events:   # none\nc: 1\n", "events:   # none\n  # New.\n  sold:\n    properties: {n: number}\nc: 1\n"),
        ("events: {}\n", "events:\n  # New.\n  sold:\n    properties: {n: number}\n"),
        # Braces are opened into lines.
        ("events: {a: {b: 'c, d'}, e: {}}   # all\nf: 1\n",
         "events:\n  a: {b: 'c, d'}\n  e: {}   # all\n  # New.\n  sold:\n    properties: {n: number}\nf: 1\n"),
        ("events: {\n  a: {},\n  e: {}\n}\n",
         "events:\n  a: {}\n  e: {}\n  # New.\n  sold:\n    properties: {n: number}\n"),
    ],
)  # fmt: skip
def test_an_entry_is_put_behind_the_last(before: str, after: str) -> None:
    assert put(before, ("events",), NEW) == after


BOTH = "events:\n  a:\n    properties:\n      x: string\n      n: number\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("events:\n  a:\n    properties:\n      x: string\n", BOTH),
        ("events:\n  a: {properties: {x: string}}\n", BOTH),
        ("events: {a: {properties: {x: string}}}\n", BOTH),
        ("events:\n  a: {}\n  b: {}\n", "events:\n  a:\n    properties:\n      n: number\n  b: {}\n"),
        (
            "events:\n  a:\n    description: x\n",
            "events:\n  a:\n    description: x\n    properties:\n      n: number\n",
        ),
    ],
)
def test_a_property_is_put_into_an_event_however_that_is_written(before: str, after: str) -> None:
    assert put(before, ("events", "a", "properties"), "n: number\n") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("phases: [a, b]   # all\n", "phases: [a, b, c]   # all\n"),
        ("phases: []\n", "phases: [c]\n"),
        ("phases:\n  - a\n  - b   # last\nx: 1\n", "phases:\n  - a\n  - b   # last\n  - c\nx: 1\n"),
        ("x: 1\n", "x: 1\n\nphases: [c]\n"),
    ],
)
def test_a_word_is_added_to_a_list(before: str, after: str) -> None:
    assert add_to_list(before, "phases", "c") == after


@pytest.mark.parametrize("text", ["events: {a: {}, # why\n  b: {}}\n", "events: none\n"])
def test_an_entry_that_would_do_harm_is_not_added(text: str) -> None:
    with pytest.raises(CannotSplice, match="line 1"):
        put(text, ("events",), NEW)


NAMES = st.sampled_from(["a", "b", "events", "odd key", "x-y", "profile"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(["text", "a: b", "# no", "two\nlines", "'q'"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=12,
)


def read(text: str) -> Any:
    node, faults = read_yaml(text.encode(), "")
    assert not [result for result in faults if result.code != "YAML006"], text
    return plain(node) if node is not None else None


@settings(max_examples=scaled(80), deadline=None)
@given(
    st.dictionaries(NAMES, VALUES, max_size=4),
    st.lists(NAMES, max_size=3),
    st.sampled_from([None, False, True]),
    st.integers(1, 5),
)
def test_an_entry_is_added_and_all_else_stays(
    before: dict[str, Any], path: list[str], style: bool | None, indent: int
) -> None:
    text = yaml.safe_dump(before, default_flow_style=style, indent=indent, sort_keys=False, width=40)
    expected = with_entry(before, path)
    if expected is None:
        with pytest.raises(CannotSplice):
            put(text, path, "sold: {n: number}\n")
    else:
        assert read(put(text, path, "sold: {n: number}\n")) == expected


def with_entry(before: dict[str, Any], path: list[str]) -> dict[str, Any] | None:
    """The mapping with the entry; None if a value that is not a mapping is in its place."""
    after = copy.deepcopy(before)
    place: dict[str, Any] = after
    for key in path:
        inner = place.get(key)
        if inner is None:
            inner = place[key] = {}
        if not isinstance(inner, dict):
            return None
        place = inner
    place["sold"] = {"n": "number"}
    return after
