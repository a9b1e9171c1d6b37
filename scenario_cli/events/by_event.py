"""SQL that chooses by the event of a row, whose number is in the column `code`. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.events.sql_text import among


def by_event(entries: Mapping[int, str]) -> str:
    """The SQL for the row's event; NULL where it has none."""
    events: dict[str, list[int]] = {}
    for event, sql in sorted(entries.items()):
        events.setdefault(sql, []).append(event)
    cases = " ".join(f"WHEN {among('code', numbers)} THEN {sql}" for sql, numbers in events.items())
    return f"CASE {cases} END"


def constant_by_event(entries: Mapping[int, str]) -> str:
    """The same for constants: to look one up in a list takes less time than to compare the events in turn."""
    return f"[{', '.join(entries.get(event, 'NULL') for event in range(max(entries) + 1))}][code + 1]"
