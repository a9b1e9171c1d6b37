"""The model's own decorator makes classes with the comparison, hash and representation of `dataclasses`."""

from __future__ import annotations

import dataclasses
from dataclasses import field
from typing import Any

import pytest

from scenario_cli.model.value_class import dataclass


def _decorated_class(decorate: Any) -> type:
    @decorate(frozen=True, slots=True)
    class Place:
        """A place."""

        name: str
        lines: tuple[int, ...] = ()
        hidden: object = field(default=None, repr=False, compare=False)

    return Place


Ours, Usual = _decorated_class(dataclass), _decorated_class(dataclasses.dataclass)

VALUES = [(), (3,), (float("nan"),)]


@pytest.mark.parametrize("lines", VALUES)
@pytest.mark.parametrize("other_lines", VALUES)
def test_values_are_equal_where_those_of_dataclasses_are(lines: tuple[Any, ...], other_lines: tuple[Any, ...]) -> None:
    assert (Ours("a", lines, 1) == Ours("a", other_lines, 2)) is (Usual("a", lines, 1) == Usual("a", other_lines, 2))


def test_equal_values_have_one_hash() -> None:
    assert len({Ours("a", (1,), 1), Ours("a", (1,), 2), Ours("b", (1,))}) == 2


def test_a_value_equals_none_of_another_class_with_the_same_fields() -> None:
    assert Ours("a") != Usual("a")
    assert Ours("a") != _decorated_class(dataclass)("a")


def test_a_value_shows_its_fields() -> None:
    assert repr(Ours("a", (1,), 2)).endswith("Place(name='a', lines=(1,))")
    assert repr(Ours("a", (1,), 2)) == repr(Usual("a", (1,), 2))


def test_a_value_that_may_change_has_no_hash() -> None:
    @dataclass(slots=True)
    class Counter:
        count: int = 0

    assert Counter(1) == Counter(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter())


def test_methods_of_its_own_stay() -> None:
    @dataclass(frozen=True, slots=True)
    class Shown:
        name: str

        def __repr__(self) -> str:
            return self.name

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    assert (repr(Shown("a")), Shown("a") == Shown("b"), hash(Shown("a"))) == ("a", True, 7)


def test_a_field_alone_is_compared_as_the_value_that_it_is() -> None:
    @dataclass(frozen=True, slots=True)
    class Alone:
        value: Any

    not_a_number = float("nan")
    assert Alone(not_a_number) == Alone(not_a_number)
    assert Alone(1) != Alone(2)
