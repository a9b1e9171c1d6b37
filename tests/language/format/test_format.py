"""The canonical layout: its form, and that it never loses or changes content."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.language.comments import comments_of
from scenario_cli.language.format.layout import format_text
from scenario_cli.language.kinds import KINDS
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import plain
from scenario_cli.shipped import shipped
from tests.reference.settings import scaled
from tests.rows import rows

CASES = Path(__file__).parents[1] / "schema" / "cases"
SHIPPED = sorted(shipped("scenarios").glob("*.yaml"))
SHIPPED_TESTS = sorted(shipped("scenarios").glob("tests/*.yaml"))


IGNORED = "# scenario: ignore[FLOW022] why"
LONG = f"{{a: {'x' * 60}, b: {'y' * 60}}}"


@rows(
    ("line", "new"),
    [
        # A comment that ignores findings concerns one line.
        (f"    set: {LONG}   {IGNORED}", f"    set: {LONG}   {IGNORED}"),
        (f"    set: {{b: 1,\n      a: 2}}  {IGNORED}", f"    set:\n      b: 1\n      {IGNORED}\n      a: 2"),
        (f"    {IGNORED}\n    set: {LONG}", f"    {IGNORED}\n    set: {LONG}"),
        (f"    set: {LONG}          # why", f"    set:  # why\n      a: {'x' * 60}\n      b: {'y' * 60}"),
        (f"    emit:\n      - {LONG}   {IGNORED}", f"    emit:\n      - {LONG}   {IGNORED}"),
    ],
    ids=str,
)
def test_a_comment_about_one_line_of_several(line: str, new: str) -> None:
    head = "scenario: one\nstates:\n  a:\n"
    assert formatted(f"{head}{line}\n") == f"{head}{new}\n"


def formatted(text: str, kind: str = "scenario") -> str:
    result = format_text(text, kind, "file.yaml")
    assert result.text is not None, result
    return result.text


def meaning(text: str) -> Any:
    node, faults = read_yaml(text.encode(), "file.yaml")
    assert node is not None
    assert not faults
    return plain(node)


@rows("path", SHIPPED + SHIPPED_TESTS, ids=lambda path: path.name)
def test_the_shipped_files_are_in_canonical_layout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text, "test" if path in SHIPPED_TESTS else KINDS.get(path.name, "scenario")) == text


MESSY = """\
# yaml-language-server: $schema=../schemas/scenario.schema.json
# What the file is about.


states:   # where a journey goes
    open:
        after: { 1h : reminder }     # an hour
        set: {cart: =event}
        # why it listens
        on:

        # a comment above a list
        - x
        # below the list

    # about the reminder
    reminder:
      send:
        email: {template: cart/reminder, with: {code: "TEN", note: 'it''s'}, purpose: transactional, tags: [one, two, three]}
      end:
        told
    text:
      description: >-
          folded
            text

      end: done
scenario:    cart
trigger:
  {event: cart_updated,   # in braces
   where: a > 1}
title: a text
     that goes on
# the end
"""  # noqa: E501

NEAT = """\
# yaml-language-server: $schema=../schemas/scenario.schema.json
# What the file is about.

scenario: cart
title: a text
  that goes on
trigger:
  event: cart_updated     # in braces
  where: a > 1
states:   # where a journey goes
  open:
    set: {cart: =event}
    # why it listens
    on:
      # a comment above a list
      - x
      # below the list
    after: {1h: reminder}            # an hour

  # about the reminder
  reminder:
    send:
      email:
        template: cart/reminder
        with: {code: "TEN", note: 'it''s'}
        purpose: transactional
        tags: [one, two, three]
    end: told
  text:
    description: >-
      folded
        text

    end: done
# the end
"""


def test_a_messy_file_becomes_a_neat_one() -> None:
    assert formatted(MESSY) == NEAT
    assert formatted(NEAT) == NEAT


@rows(
    ("before", "after"),
    [
        ("a: {b: 1,\n c: 2}\n", "a:\n  b: 1\n  c: 2\n"),
        ("a: [ ]\nb: { }\n", "a: []\nb: {}\n"),
        ("a:\n- - 1\n  - 2\n- b: 1\n  c: 2\n", "a:\n  - - 1\n    - 2\n  - b: 1\n    c: 2\n"),
        ("a: |  # head\n    x\n\n    y\n\n\nb: 1\n", "a: |  # head\n  x\n\n  y\n\nb: 1\n"),
        ("a: |+\n    x\n\nb: 1\n", "a: |+\n  x\n\nb: 1\n"),
        ("a: &x {b: 1}\nc: *x\n", "a: &x {b: 1}\nc: *x\n"),
        ('a: "one\n\n    two"   # three\n', 'a: "one\n\n  two"     # three\n'),
        ("---\n# head\na: 1\n", "# head\n---\na: 1\n"),
        ("a: 1 # close\n", "a: 1  # close\n"),
        ("a:\n  # only a comment\n", "a:\n# only a comment\n"),
        ("a: 1\r\nb:   2\r\n", "a: 1\r\nb: 2\r\n"),
        ("\ufeffa:  1\n", "\ufeffa: 1\n"),
        ("a: {b: ,   c: }\n", "a: {b: , c: }\n"),
        ("a: 1", "a: 1\n"),
    ],
)
def test_a_form_of_writing_has_its_layout(before: str, after: str) -> None:
    assert formatted(before) == after
    assert formatted(after) == after


def test_the_order_of_conditions_is_the_authors() -> None:
    text = "scenario: a\nstates:\n  b:\n    choose:\n      z > 1: c\n      a > 1: d\n      else: e\n"
    assert formatted(text) == text


@rows("text", ["a: [1\n", "a: 1\na: 2\n", "- 1\n", "", "a: !!int 1\n", "a: 1\n---\nb: 2\n", "? [a]\n: b\n"])
def test_an_unreadable_file_is_not_formatted(text: str) -> None:
    result = format_text(text, "scenario", "file.yaml")
    assert result.text is None
    assert result.findings or result.refused


# Values for a file: the content of scenarios, and keys and texts that YAML can write in many forms.
TEXTS = st.sampled_from(
    ["a", "two words", "it's", 'say "hi"', "x: y", "# no comment", "no", "1h", "2025-01-01", "", " spaced ", "é 買",
     "event.items | length > 0", "{b}", "[c]", "- d", "line\nbreak", "tail\n", "a\n\nb\n", "=event", "%", "@x", "&x",
     "null", "true", "10"]
)  # fmt: skip
VALUES = st.recursive(
    TEXTS | st.integers(-3, 3) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS.filter(lambda text: "\n" not in text), inner, max_size=3)
        | st.dictionaries(st.sampled_from(["event", "where", "set", "on", "after", "to", "send", "end"]), inner)
    ),
    max_leaves=12,
)
FILES = st.dictionaries(
    st.sampled_from(["scenario", "title", "trigger", "goal", "on", "states", "key", "own"]), VALUES, min_size=1
)
WHOLE = st.sampled_from([meaning(path.read_text(encoding="utf-8")) for path in SHIPPED])


class Scribe:
    """Writes a value as YAML in any style: any indentation, quotes, braces, comments, as a person in a hurry does."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.number = 0
        self.in_block = False  # a comment with more indentation after a block of text belongs to the block

    def file(self, value: dict[str, Any]) -> str:
        lines = [*self.noise(0), *self.mapping(value, 0), *self.noise(0)]
        return "\n".join(lines) + self.chance.choice(["\n" if self.in_block else "", "\n", "\n\n"])

    def noise(self, indent: int) -> list[str]:
        lines = []
        while self.chance.random() < 0.25:
            depth = max(indent + self.chance.choice([0, 0, 0, -2, 0 if self.in_block else 2]), 0)
            lines.append(self.chance.choice(["", " " * min(indent, 1), " " * depth + self.comment()]))
        return lines

    def comment(self) -> str:
        self.number += 1
        return f"# note {self.number}{self.chance.choice(['', ' # twice', ': x', ' {'])}"

    def tail(self) -> str:
        gap = " " * self.chance.randint(1, 6)
        return gap + self.comment() if self.chance.random() < 0.2 else " " * self.chance.choice([0, 0, 3])

    def mapping(self, value: dict[str, Any], indent: int) -> list[str]:
        lines = []
        for key, inner in value.items():
            lines += self.noise(indent)
            written = self.inline(key, in_braces=False)
            lines += self.under(f"{' ' * indent}{written}:", inner, indent, self.chance.choice([1, 2, 4]))
        return lines

    def under(self, before: str, value: Any, indent: int, deeper: int) -> list[str]:
        depth = indent + deeper
        self.in_block = False
        if isinstance(value, dict) and value and self.chance.random() < 0.6:
            return [before + self.tail(), *self.mapping(value, depth)]
        if isinstance(value, list) and value and self.chance.random() < 0.6:
            lines = [before + self.tail()]
            for item in value:
                lines += self.noise(depth)
                lines += self.under(f"{' ' * depth}-", item, depth, 2)
            return lines
        if isinstance(value, str) and "\n" in value and value.strip() == value.rstrip("\n") and value[0] != "#":
            ends = {0: "-", 1: ""}.get(len(value) - len(value.rstrip("\n")))
            if ends is not None and self.chance.random() < 0.7:
                block = [" " * depth + line if line else "" for line in value.rstrip("\n").split("\n")]
                self.in_block = True
                return [f"{before} |{ends}", *block]
        if isinstance(value, dict | list) and value and self.chance.random() < 0.3:
            return [f"{before} {self.spread(value, depth)}{self.tail()}"]
        written = self.inline(value, in_braces=False)
        if self.chance.random() < 0.1 and written:
            return [before + self.tail(), *self.noise(depth), " " * depth + written + self.tail()]
        return [f"{before}{' ' * self.chance.randint(1, 3)}{written}{self.tail()}"]

    def spread(self, value: dict[str, Any] | list[Any], depth: int) -> str:
        """Writes braces or brackets over several lines, with comments."""
        parts = (
            [f"{self.inline(key, True)}: {self.inline(inner, True)}" for key, inner in value.items()]
            if isinstance(value, dict)
            else [self.inline(inner, True) for inner in value]
        )
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        pad = "\n" + " " * (depth + 1)
        return opening + self.tail() + pad + (f",{self.tail()}{pad}").join(parts) + pad + closing

    def inline(self, value: Any, in_braces: bool) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.inline(k, True)}: {self.inline(v, True)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return f"[{', '.join(self.inline(inner, True) for inner in value)}]"
        if not isinstance(value, str):
            return json.dumps(value)
        spellings = [json.dumps(value, ensure_ascii=self.chance.random() < 0.5)]
        if "\n" not in value:
            spellings.append("'" + value.replace("'", "''") + "'")
        safe = value.strip() == value and value and not set("#:{}[],&*!|>%@`\"'?-=\n") & set(value)
        if safe and meaning(f"a: {value}\n") == {"a": value}:
            spellings += [value] * 3
        return self.chance.choice(spellings)


@given(FILES | WHOLE, st.integers(0, 2**32))
@settings(max_examples=scaled(120), deadline=None)
def test_formatting_keeps_meaning_and_comments_and_is_stable(value: dict[str, Any], seed: int) -> None:
    text = Scribe(random.Random(seed)).file(value)
    assert meaning(text) == value
    once = formatted(text)
    assert meaning(once) == value
    assert Counter(each.text for each in comments_of(once)) == Counter(each.text for each in comments_of(text))
    assert formatted(once) == once
    assert not [line for line in once.split("\n") if line.endswith(" ")] or "|" in once
