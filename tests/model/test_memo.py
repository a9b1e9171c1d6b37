"""Results kept with a value: computed once for the same arguments, never used for others, not in copies."""

from __future__ import annotations

import copy
import pickle

import pytest

from scenario_cli.model.memo import Memoizing, memoize, memoized
from scenario_cli.model.value_class import dataclass

calls: list[tuple[str, int]] = []


@dataclass(frozen=True, slots=True)
class Word(Memoizing):
    text: str
    marks: tuple[str, ...] = ()


@memoized
def repeated(word: Word, times: int = 1) -> str:
    calls.append((word.text, times))
    return word.text * times


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    calls.clear()


def test_a_result_is_worked_out_once_for_the_same_arguments() -> None:
    word = Word("ha")
    assert [repeated(word, 2), repeated(word, 2)] == ["haha", "haha"]
    assert calls == [("ha", 2)]


def test_a_known_value_is_not_computed_again() -> None:
    word = Word("ha")
    memoize(repeated, "known", word, 2)
    assert [repeated(word, 2), repeated(word, 3)] == ["known", "hahaha"]
    assert calls == [("ha", 3)]


def test_other_arguments_get_their_own_result() -> None:
    word = Word("ha")
    assert [repeated(word), repeated(word, 2), repeated(word, times=3), repeated(word)] == [
        "ha",
        "haha",
        "hahaha",
        "ha",
    ]


def test_equal_values_keep_results_of_their_own() -> None:
    repeated(Word("ha"))
    repeated(Word("ha"))
    assert len(calls) == 2


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda word: pickle.loads(pickle.dumps(word))])
def test_a_copy_is_equal_and_begins_without_results(copied: object) -> None:
    word = Word("ha", ("!",))
    repeated(word)
    other = copied(word)  # type: ignore[operator]
    assert (other, hash(other), repr(other)) == (word, hash(word), repr(word))
    assert not hasattr(other, "_memos")
