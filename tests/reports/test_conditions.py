"""Conditions joined to the records that they led to."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.model.records import Ended, Looked
from scenario_cli.model.source import Span
from scenario_cli.reports.conditions import with_conditions

LOOKED = Looked(0, "sunset", "j1", "asked", Span("sunset.yaml", 9, 3, 9, 12), "when", "when", "not seen", False, ())
ENDED = Ended(0, "sunset", "j1", "asked", "left")


def test_a_condition_with_the_same_result_again_is_shown_once() -> None:
    """A `when` is checked on entering a state, when the state is settled and after the event: the same result again is
    not new.
    """
    held = replace(LOOKED, held=True)
    (occurrence,) = with_conditions([LOOKED, LOOKED, LOOKED, held, ENDED])
    assert occurrence.record == ENDED
    assert occurrence.conditions == [LOOKED, held]
