"""SQL that chooses by the event of a row; its number is in the column `code`. Runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scenario_cli.events.sql_text import among, constant_list


def by_event(entries: Mapping[int, str]) -> str:
    """The SQL for the row's event; NULL if it has none."""
    events: dict[str, list[int]] = {}
    for event, sql in sorted(entries.items()):
        events.setdefault(sql, []).append(event)
    cases = " ".join(f"WHEN {among('code', numbers)} THEN {sql}" for sql, numbers in events.items())
    return f"CASE {cases} END"


def numbers_by_event(entries: Mapping[int, Sequence[int | None]]) -> str:
    """A list of numbers: a lookup takes less time than comparing the events in turn."""
    lists = [_number_list(entries.get(event)) for event in range(max(entries) + 1)]
    return constant_list(f"[{', '.join(lists)}]", "INTEGER[][]") + "[code + 1]"


def _number_list(numbers: Sequence[int | None] | None) -> str:
    if numbers is None:
        return "NULL"
    return f"[{', '.join('NULL' if number is None else str(number) for number in numbers)}]"
