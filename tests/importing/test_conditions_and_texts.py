"""Conditions are combined without a change of meaning, and other tools' texts print the same as Jinja templates."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from scenario_cli.importing.conditions import Condition, both, compared, either, literal, missing, negated, present
from scenario_cli.importing.ledger import Ledger
from scenario_cli.importing.naming import identifier, slug, unique
from scenario_cli.importing.texts import translated, with_default
from scenario_cli.model.source import whole_file

A, B, C = (compared(f"contact.{name}", "==", value) for name, value in (("a", 1), ("b", "x"), ("c", True)))


@pytest.mark.parametrize(
    ("condition", "text", "holds"),
    [
        (both([A, B]), "contact.a == 1 and contact.b == 'x'", {"a": 1, "b": "x"}),
        (both([A, either([B, C])]), "contact.a == 1 and (contact.b == 'x' or contact.c == true)", {"a": 1, "b": "x"}),
        (either([both([A, B]), C]), "contact.a == 1 and contact.b == 'x' or contact.c == true", {"a": 1, "b": "x"}),
        (both([A, A]), "contact.a == 1", {"a": 1}),
        (both([A, compared("contact.a", "==", 2)]), "contact.a == 1 and contact.a == 2", None),
        (negated(A), "contact.a != 1", None),
        (negated(either([A, B])), "not (contact.a == 1 or contact.b == 'x')", None),
        (negated(missing("contact.a")), "contact.a is not none", None),
        (negated(present("contact.a"), {}), "contact.a is none", {}),
        (negated(Condition("segment.vip")), "not segment.vip", None),
        (negated(negated(Condition("segment.vip"))), "segment.vip", None),
        (compared("contact.a", ">", 3), "contact.a > 3", {"a": 4}),
        (compared("event['$value']", ">=", 3), "event['$value'] >= 3", {"event:$value": 3}),
        (compared("contact.a", "==", "it's \\ here"), "contact.a == 'it\\'s \\\\ here'", {"a": "it's \\ here"}),
    ],
)
def test_conditions_are_joined_and_negated(condition: Condition, text: str, holds: dict[str, object] | None) -> None:
    assert condition.text == text
    assert condition.profile == holds


@pytest.mark.parametrize(
    ("text", "printed", "requested"),
    [
        ("Dear {{ first_name }}!", "Dear Ana!", []),
        ("Dear {{name|title}} {% unsubscribe %}", "Dear [name|title] [unsubscribe]", ["[name|title], [unsubscribe]"]),
        ("{{ a }}{{ a }}", "[a][a]", ["[a]"]),
        ("{# a note #}<style>p {{% x %} {# }</style>", "<style>p {[x] {# }</style>", ["[x]"]),
        ("{{ '{' }} {{", "['{'] {{", ["['{']"]),
    ],
)
def test_variables_without_counterpart_stand_in_brackets(text: str, printed: str, requested: list[str]) -> None:
    ledger = Ledger()
    item = ledger.item("mail", "a", whole_file("export.json"))
    ours = translated(text, lambda inner: "'Ana'" if inner == "first_name" else None, item, [])
    assert Environment().from_string(ours).render() == printed
    assert [note.text for note in item.notes] == [f"write the text for {names}" for names in requested]


def test_names_are_valid_and_unique() -> None:
    assert [slug(text, "step") for text in ("Wait 7 Days", "2nd", "Été!", "🌙", "lastName")] == [
        "wait_7_days", "step_2nd", "ete", "step", "last_name",
    ]  # fmt: skip
    assert [identifier(text, "x") for text in ("$city", "lastName", "in", "a b")] == ["city", "lastName", "in", "a_b"]
    assert unique("a", {"a", "a_2"}) == "a_3"
    assert with_default("contact.a", "it's") == "contact.a | default('it\\'s', true)"
    assert literal(["a", None, True, 1.5]) == "['a', none, true, 1.5]"
