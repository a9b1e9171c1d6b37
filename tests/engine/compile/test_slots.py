"""A contact's state has a separate slot for every metric and every call over past events."""

from __future__ import annotations

import pytest

from scenario_cli.engine.compile.program import compile_program
from scenario_cli.hosts.tables import load_tables
from scenario_cli.language.project import load_model
from scenario_cli.shipped import shipped


@pytest.mark.parametrize("names", [("reactivation",), ("sunset", "reactivation"), None])
def test_no_two_share_a_slot_where_a_call_counts_from_a_metric(names: tuple[str, ...] | None) -> None:
    project = load_model(shipped("scenarios")).project
    program = compile_program(project, names, load_tables(project))
    assert [owner.slot for owner in program.slot_owners] == list(range(program.slot_count))
