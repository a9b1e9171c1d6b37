"""A plan to which entries are added keeps all that people wrote into it, in every style of YAML."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.analysis.tracking_plan.infer import InferredPlan
from scenario_cli.language.edit.plan_merge import CannotMerge, merge_plan
from scenario_cli.language.edit.plan_text import flow, plan_text, scalar
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema.check import check
from scenario_cli.language.yaml_node import plain
from scenario_cli.shipped import shipped
from tests.rows import rows

NEW = InferredPlan(
    profile={"email": "string", "tier": {"type": "string", "enum": ["gold", "silver"]}},
    events={
        "cart": {"properties": {"id": "string", "total": "number", "note": "string"}, "required": ["id"]},
        "left": {"properties": {"why": "string"}},
        "identified": {"profile": True},
        "ping": {},
    },
    remarks={("cart", "note"): "3 of 90 values are not of this type", ("identified", ""): "suspected"},
)


def merged(text: str, plan: InferredPlan = NEW) -> str:
    return merge_plan(textwrap.dedent(text), plan, "events.yaml").text


def values(text: str) -> dict[str, object]:
    node, faults = read_yaml(text.encode(), "events.yaml")
    assert node is not None
    assert not faults
    assert not check(node, "events")
    by_key: dict[str, object] = plain(node)
    return by_key


def test_block_style_gets_lines_of_its_own_and_keeps_its_comments() -> None:
    assert merged(
        """\
        # The plan.
        profile:
          email: string   # theirs
          # nobody knows the tier yet

        events:
          cart:           # the basket
            description: "What's in it"
            properties:
              id: 'string'    # quoted for no reason
              total: number
            required: [id]

          # Leaving is not failing.
          left: {properties: {why: string}}   # on one line

        groups:
          all: [cart, left]
        """
    ) == textwrap.dedent(
        """\
        # The plan.
        profile:
          email: string   # theirs
          tier: {type: string, enum: [gold, silver]}
          # nobody knows the tier yet

        events:
          cart:           # the basket
            description: "What's in it"
            properties:
              id: 'string'    # quoted for no reason
              total: number
              note: string  # 3 of 90 values are not of this type
            required: [id]

          # Leaving is not failing.
          left: {properties: {why: string}}   # on one line

          identified:  # suspected
            profile: true

          ping: {}

        groups:
          all: [cart, left]
        """
    )


@rows(
    ("cart", "becomes"),
    [
        ("cart: {}", "cart: {properties: {id: string, total: number, note: string}}"),
        ("cart: {properties: {id: string}}", "cart: {properties: {id: string, total: number, note: string}}"),
        ("cart: {properties: { id: string } }", "cart: {properties: { id: string, total: number, note: string } }"),
        ("cart: {properties: {}}", "cart: {properties: {id: string, total: number, note: string}}"),
        ("cart: {description: A cart}",
         "cart: {description: A cart, properties: {id: string, total: number, note: string}}"),
        ("cart:   # nothing known", "cart: {properties: {id: string, total: number, note: string}}   # nothing known"),
        ("cart: ~", "cart: {properties: {id: string, total: number, note: string}}"),
        ("cart:\n    properties: {\n      id: string,   # key\n      total: number    # EUR\n    }",
         "cart:\n    properties: {\n      id: string,   # key\n      total: number, note: string    # EUR\n    }"),
        ("cart:\n    description: |\n      Two lines,\n      really.\n    # the end",
         "cart:\n    description: |\n      Two lines,\n      really.\n    properties:\n      id: string\n"
         "      total: number\n      note: string  # 3 of 90 values are not of this type\n    # the end"),
        ("cart:\n      properties:\n            id: string\n            total:\n              type: number",
         "cart:\n      properties:\n            id: string\n            total:\n              type: number\n"
         "            note: string  # 3 of 90 values are not of this type"),
        ("cart:\n    properties:\n      id: string\n      total:\n        type: number\n        examples:\n"
         "        - 1\n"
         "        - 2   # two",
         "cart:\n    properties:\n      id: string\n      total:\n        type: number\n        examples:\n"
         "        - 1\n"
         "        - 2   # two\n      note: string  # 3 of 90 values are not of this type"),
    ],
)  # fmt: skip
def test_every_manner_of_writing_an_event_is_kept(cart: str, becomes: str) -> None:
    text = f"profile: {{email: string, tier: string}}\nevents:\n  {cart}\n"
    only = InferredPlan({}, {"cart": NEW.events["cart"]}, NEW.remarks)
    new_text = merge_plan(text, only, "events.yaml").text
    assert new_text == f"profile: {{email: string, tier: string}}\nevents:\n  {becomes}\n"
    values(new_text)


@rows(
    "text",
    [
        "profile: {email: string}\n",
        "events: {}\n",
        "events:\n  cart: {properties: {id: string}}",
        "profile:\n  email: string\nevents: {cart: {properties: {id: string}}}\n",
        "groups: {all: [cart]}\nevents:\n  cart: {}\n\n\n# the end\n",
        "events:\r\n  cart:\r\n    properties:\r\n      id: string # x\r\n",
        "\ufeffevents:\n  cart: {}\n",
    ],
)
def test_missing_names_are_added_to_any_text(text: str) -> None:
    merge = merge_plan(text, NEW, "events.yaml")
    content = values(merge.text.removeprefix("\ufeff"))
    assert content["events"].keys() == NEW.events.keys()  # type: ignore[attr-defined]
    assert "tier" in content["profile"]  # type: ignore[operator]
    assert ("\r\n" in text) == ("\r\n" in merge.text)
    assert "\r\n" not in text or "\n" not in merge.text.replace("\r\n", "")
    assert merge.text.startswith("\ufeff") == text.startswith("\ufeff")


def test_a_second_merge_adds_nothing() -> None:
    first = merged("events:\n  cart: {}\n")
    second = merge_plan(first, NEW, "events.yaml")
    assert (second.text, second.added) == (first, ())


def test_names_that_the_plan_declares_otherwise_are_listed_and_stay() -> None:
    text = "events:\n  cart: {properties: {id: integer, total: string, note: string}}\n"
    merge = merge_plan(text, InferredPlan({}, {"cart": NEW.events["cart"]}), "events.yaml")
    assert (merge.text, merge.added) == (text, ())
    assert merge.differences == ("cart.id: the plan has integer, the export string",)


def test_a_plan_with_a_fault_is_not_touched() -> None:
    with pytest.raises(CannotMerge) as error:
        merge_plan("events:\n  cart: {properties: {id: string}\n", NEW, "events.yaml")
    assert error.value.findings


def test_properties_that_are_shared_by_an_anchor_are_left_to_people() -> None:
    text = "events:\n  cart: {properties: &p {id: string}}\n  left: {properties: *p}\n"
    with pytest.raises(CannotMerge, match="alias"):
        merge_plan(text, NEW, "events.yaml")


def test_the_shipped_plan_takes_new_events_and_loses_no_line() -> None:
    text = (shipped("scenarios") / "events.yaml").read_text(encoding="utf-8")
    new_lines = merge_plan(text, NEW, "events.yaml").text.splitlines()
    assert [line for line in text.splitlines() if line not in new_lines] == []
    assert values("\n".join(new_lines))


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


@given(TEXTS)
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    node, faults = read_yaml(f"a: {scalar(text)}\n".encode(), "x.yaml")
    assert not faults
    assert node is not None
    assert plain(node) == {"a": text}


SCALARS = TEXTS | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=6))
def test_a_value_is_read_back_as_it_was(value: object) -> None:
    node, faults = read_yaml(f"a: {flow(value)}\n".encode(), "x.yaml")
    assert not faults
    assert node is not None
    read = plain(node)["a"]
    assert read == value or str(read) == str(value)


@rows("word", ["no", "NO", "on", "yes", "null", "~", "1.0", "0x1F", "1e3", "12:30", "- x", "a: b", ""])
def test_texts_that_readers_of_yaml_take_for_something_else_are_quoted(word: str) -> None:
    assert scalar(word).startswith('"')


def test_a_whole_plan_is_sound() -> None:
    assert values(plan_text(NEW, "made\nby hand"))["events"] == NEW.document()["events"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\x85"])
def test_any_line_ending_leaves_the_places_of_the_parser(end: str) -> None:
    text = f"events:\n  # one{end}  # two\n  cart: {{properties: {{id: string}}, required: [id]}}\n"
    assert values(merged(text))["events"]["cart"]["properties"] == NEW.events["cart"]["properties"]  # type: ignore[index]
