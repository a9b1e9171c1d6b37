"""The explanation of a failed condition: the operand of an `and` that failed, or all operands of an `or`, with their
values.
"""

from __future__ import annotations

from typing import Any

import pytest

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.step import new_contact, step
from scenario_cli.model.event import Event
from scenario_cli.model.records import Looked
from tests.engine.worlds import REACHABLE, load, moment


def audience(condition: str) -> Looked:
    """The record of an audience, for a contact from France with 3 points; the event has n: 1 and a text as x."""
    loaded = load(f"scenario: s\ntrigger: {{event: started}}\naudience: {condition}\nstates: {{in: {{end: over}}}}\n")
    assert not loaded.broken, loaded.findings
    program = compile_program(loaded.project, trace=True)
    state = new_contact(program, "ana", {**REACHABLE, "country": "FR", "points": 3})
    records = step(program, state, Event("started", moment("2025-03-03 10:00"), {"n": 1, "x": "many"}))
    (look,) = [record for record in records if isinstance(record, Looked) and record.kind == "audience"]
    return look


@pytest.mark.parametrize(
    ("condition", "failed", "values"),
    [
        pytest.param(
            "contact.country == 'FR' and event.n > 1 and contact.points > 5", "event.n > 1", {"event.n": 1},
            id="the first of several",
        ),
        pytest.param(
            "event.n == 1 and contact.points > 5", "contact.points > 5", {"contact.points": 3}, id="the last",
        ),
        pytest.param(
            "event.n == 1 and (contact.points > 5 or contact.country == 'BE')",
            "(contact.points > 5) or (contact.country == 'BE')", {"contact.points": 3, "contact.country": "FR"},
            id="an or in an and, all its operands",
        ),
        pytest.param(
            "event.n > 7 or event.n == 1 and contact.points > 5", "(event.n > 7) or (contact.points > 5)",
            {"event.n": 1, "contact.points": 3}, id="an and in an or, the operand that failed",
        ),
        pytest.param(
            "event.n == 1 and not (contact.country == 'BE' or contact.points == 3)", "not (contact.points == 3)",
            {"contact.points": 3}, id="the operand that an or held by, denied",
        ),
        pytest.param(
            "event.n == 1 and (event.n == 1 and (contact.points > 3 and event.n > 0))", "contact.points > 3",
            {"contact.points": 3}, id="an and within another",
        ),
        pytest.param("contact.flag and event.n == 1", "contact.flag", {"contact.flag": None}, id="a missing value"),
        pytest.param(
            "event.n == 1 and event.x > 5", "event.x > 5", {"event.x": "many"}, id="a value of another type",
        ),
    ],
)  # fmt: skip
def test_a_failing_chain_names_the_operand_that_failed(condition: str, failed: str, values: dict[str, Any]) -> None:
    record = audience(condition)
    assert not record.held
    assert (record.condition, record.failed, dict(record.values)) == (condition, failed, values)


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        pytest.param("event.n == 1 and contact.points == 3", {"event.n": 1, "contact.points": 3}, id="one that holds"),
        pytest.param(
            "event.n > 1 or contact.points > 5", {"event.n": 1, "contact.points": 3}, id="an or, of which all failed",
        ),
        pytest.param("event.n > 1", {"event.n": 1}, id="no chain"),
        pytest.param("event.n == 1 and contact.country", {"event.n": 1, "contact.country": "FR"}, id="a text"),
    ],
)  # fmt: skip
def test_the_whole_condition_is_recorded_if_no_single_operand_decides(condition: str, values: dict[str, Any]) -> None:
    record = audience(condition)
    assert (record.failed, dict(record.values)) == ("", values)
