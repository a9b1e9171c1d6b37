"""The key `key_dates` of project.yaml to the model."""

from __future__ import annotations

from scenario_cli.language.build.values import Builder, entries
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.key_dates import DEFAULT_LEAD, Day, KeyDate, read_day
from scenario_cli.model.source import Span
from scenario_cli.model.waits import DAY


def build_key_dates(node: Node | None, builder: Builder) -> dict[str, KeyDate]:
    """The key dates by name, without those whose day cannot be read."""
    built = {name: _key_date(name, span, entry, builder) for name, span, entry in entries(node) if entry.is_map}
    return {name: key_date for name, key_date in built.items() if key_date.on}


def _key_date(name: str, span: Span, node: Node, builder: Builder) -> KeyDate:
    on, until = node.get("on"), node.get("until")
    days = _days(on, builder)
    lead = builder.duration(node.get("lead"), elapsed=True)
    last = next(iter(_days(until, builder)), None)
    if (
        until is not None
        and last is not None
        and (len(days) > 1 or any((day[0] is None) != (last[0] is None) for day in days))
    ):
        builder.report("SCH008", f"'until' of key date '{name}' does not go with its 'on'", until,
                       "write one day for each, both with a year or both without")  # fmt: skip
        last = None
    if until is not None and last is not None and days and last[0] is not None and last < days[0]:
        builder.report("TIME020", "the last day is before the first", until)
        last = None
    return KeyDate(
        name,
        span,
        tuple(days),
        builder.text(node.get("title")),
        last,
        -(-lead.elapsed // DAY) if lead is not None else DEFAULT_LEAD,
    )


def _days(node: Node | None, builder: Builder) -> list[Day]:
    days: list[Day] = []
    for item in () if node is None else node.items if node.is_list else (node,):
        day = read_day(item.text)
        if day is not None:
            days.append(day)
        elif item.text.replace("-", "").isdecimal():  # the shape of others is reported by the schema
            builder.report("TIME020", f"'{item.text}' is not a valid date", item, "write year-month-day, or month-day")
    return days
