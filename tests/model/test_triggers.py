"""The table of trigger kinds."""

from __future__ import annotations

from typing import get_args

from scenario_cli.model.built_in import FOR_TRIGGERS
from scenario_cli.model.triggers import KINDS, Trigger


def test_every_trigger_has_a_kind_with_a_word_of_its_own() -> None:
    assert set(KINDS) == set(get_args(Trigger))
    assert len({kind.word for kind in KINDS.values()}) == len(KINDS)


def test_a_stand_in_has_the_instant_and_the_types_that_its_kind_declares() -> None:
    for kind in KINDS.values():
        if kind.stand_in is not None:
            properties = FOR_TRIGGERS[f"@{kind.word}"].properties
            assert {name: each.type for name, each in properties.items()} == dict(kind.stand_in)
            assert properties["at"].type == "datetime"
