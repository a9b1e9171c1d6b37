"""The content of an export, as text and as plain values for JSON; its schema is `events-inspect.output.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from textwrap import wrap
from typing import Any

from scenario_cli.model.export import Unusable
from scenario_cli.model.inspection import DAY, EventFacts, Inspection, PropertyFacts
from scenario_cli.model.plain_text import printable
from scenario_cli.reports.exports.log import day, moment
from scenario_cli.reports.exports.withheld import shown_name, shown_unusable, shown_value
from scenario_cli.reports.text import Style, fit, lines_text, percent, plural, table

FORMAT_VERSION = 1

_MOST_EVENTS = 40
_MOST_PROPERTIES = 40
_MOST_GAPS, _MOST_VALUES = 20, 6
_SPARKS = "▁▂▃▄▅▆▇█"
_SPARK_WIDTH, _LEAST_SPARK = 24, 8
_NARROW = 72  # columns
_LONGEST_NAME = 120  # columns
_MOST_LISTED, _MOST_GAPS = 8, 20
_NIGHT = range(6)  # hours
# At an even pace a quarter of all events would fall into the night.
_NIGHTLY = 0.35
_LEAST_ROWS = 100
_DATES_ALONE = 0.5


def inspection_text(export: Inspection, color: bool, width: int, show_data: bool) -> str:
    """For a terminal: an overview, the clock, each event with its properties, and what to look at."""
    style = Style(color)
    lines = _head(export, style, width)
    if export.events:
        lines += ["", *_overview(export, style, width, show_data)]
        lines += ["", *_clock(export, style)]
    facts = [*export.events[:_MOST_EVENTS], *([export.contacts_table] if export.contacts_table else [])]
    for event in facts:
        lines += ["", *_event(event, style, width, export.estimated, show_data)]
    if len(export.events) > _MOST_EVENTS:
        lines += ["", style(f"and {len(export.events) - _MOST_EVENTS:,} more events: see --format json", "dim")]
    asked = questions(export, show_data)
    unusable = (*export.unusable, *export.contacts_unusable)
    if asked or unusable:
        lines += ["", style("Look at", "bold")]
        for line in asked:
            lines += wrap(line, width - 2, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
        lines += [f"  {line}" for line in _unusable_lines(unusable, style, width, show_data)]
    return lines_text(lines)


def _head(export: Inspection, style: Style, width: int) -> list[str]:
    files = plural(len(export.files), "file") if len(export.files) > 3 else ", ".join(export.files)
    days = (export.last - export.first) / DAY if export.first is not None and export.last is not None else 0.0
    length = plural(round(days), "day") if days >= 2 else plural(round(days * 24 * 60), "minute")
    lines = [style(fit(files, width), "bold")]
    lines.append(f"{plural(export.rows, 'row')}, {plural(export.contacts, 'contact')}, "
                 f"{plural(len(export.events) + len(export.others), 'event')}")  # fmt: skip
    if export.first is not None:
        first, last = (_minute(at, export.timezone) for at in (export.first, export.last))
        lines.append(f"{first} to {last} ({length}; {export.timezone})")
    return lines


def _minute(at: int | None, zone: str) -> str:
    return (moment(at, zone) or "–")[:16].replace("T", " ")


def _overview(export: Inspection, style: Style, width: int, show_data: bool) -> list[str]:
    shown = export.events[:_MOST_EVENTS]
    total = max(export.used, 1)
    columns = [
        ("event", [_name(event.name, show_data) for event in shown]),
        ("rows", [f"{event.rows:,}" for event in shown]),
        ("share", [percent(event.rows, total) for event in shown]),
        ("contacts", [f"{event.contacts:,}" for event in shown]),
        ("first", [day(event.first, export.timezone) for event in shown]),
        ("last", [day(event.last, export.timezone) for event in shown]),
    ]
    if width < _NARROW:
        columns = [column for column in columns if column[0] not in ("share", "first")]
    head, cells = [name for name, _ in columns], [column for _, column in columns]
    rows = [list(row) for row in zip(*cells, strict=True)]
    natural = sum(max(map(len, (name, *column))) + 2 for name, column in columns)
    room = min(max(width - natural, _LEAST_SPARK), _SPARK_WIDTH, max(_days_of(export), 1))
    told = "by day" if room == _days_of(export) else "over time"
    lines = table(head, rows, width - max(room, len(told)) - 2, style)
    drawn = [
        f"{line}  {style(spark, 'cyan')}" for line, spark in zip(lines[1:], _sparks(export, shown, room), strict=True)
    ]
    first = lines[0] + "  " + style(told, "dim")
    more = len(export.events) - _MOST_EVENTS
    return [first, *drawn, *([style(f"and {more:,} more events: see --format json", "dim")] if more > 0 else [])]


def _days_of(export: Inspection) -> int:
    days = [day for event in export.events for day, _ in event.days]
    return (date.fromisoformat(max(days)) - date.fromisoformat(min(days))).days + 1 if days else 0


def _sparks(export: Inspection, events: Sequence[EventFacts], room: int) -> list[str]:
    """The volume of each event over the whole time; a blank where there is none of it."""
    days = [name for event in export.events for name, _ in event.days]
    if not days:
        return ["" for _ in events]
    first, length = date.fromisoformat(min(days)), _days_of(export)
    found = []
    for event in events:
        buckets = [0.0] * room
        for name, count in event.days:
            at = (date.fromisoformat(name) - first).days
            buckets[at * room // length] += count
        # A bucket may hold a day more than another.
        sizes = [max(sum(1 for at in range(length) if at * room // length == number), 1) for number in range(room)]
        heights = [bucket / size for bucket, size in zip(buckets, sizes, strict=True)]
        most = max(heights) or 1
        found.append("".join(" " if not h else _SPARKS[min(int(h / most * 8), 7)] for h in heights).rstrip())
    return found


def _clock(export: Inspection, style: Style) -> list[str]:
    most = max(export.hours) or 1
    spark = "".join(" " if not n else _SPARKS[min(int(n / most * 8), 7)] for n in export.hours)
    forms = ", ".join(f"{name} {count:,}" for name, count in sorted(export.forms.items(), key=lambda one: -one[1]))
    return [
        f"{style('by hour', 'dim')}  0 {style(f'{spark:24}', 'cyan')} 23",
        f"{style('timestamps', 'dim')}  {forms}",
    ]


def _event(event: EventFacts, style: Style, width: int, estimated: bool, show_data: bool) -> list[str]:
    lines = [
        style(fit(_name(event.name, show_data), width - 16), "bold") + style(f"  {plural(event.rows, 'row')}", "dim")
    ]
    if not event.properties:
        return [*lines, style("  no properties", "dim")]
    rows = [
        [_name(one.name, show_data), type_of(one), percent(one.filled, event.rows), _distinct(one, estimated)]
        for one in event.properties[:_MOST_PROPERTIES]
    ]
    head = ["property", "type", "filled", "distinct"]
    lines_ = table(head, rows, width - 14, style, left=2, indent=2)
    lines.append(fit(lines_[0], width) if width - len(lines_[0]) < 12 else lines_[0] + "  " + style("examples", "dim"))
    for line, one in zip(lines_[1:], event.properties, strict=False):
        room = width - len(line) - 2
        lines.append(f"{line}  {fit(_examples(one, show_data), room)}".rstrip())
    more = len(event.properties) - _MOST_PROPERTIES
    if more > 0:
        lines.append(style(f"  and {more:,} more: see --format json", "dim"))
    if event.more:
        lines.append(style(f"  and {event.more:,} more properties that were not looked into", "dim"))
    return lines


def _name(name: str, show_data: bool) -> str:
    """The name of an event or a property on a line."""
    return printable(fit(name if show_data else shown_name(name), _LONGEST_NAME))


def type_of(one: PropertyFacts) -> str:
    """`number`, or `number 98%, string 2%` where values look different."""
    kinds = sorted(one.kinds.items(), key=lambda pair: -pair[1])
    if len(kinds) < 2:
        return kinds[0][0] if kinds else "–"
    if {kind for kind, _ in kinds} == {"integer", "number"}:
        return "number"
    total = sum(one.kinds.values())
    return " ".join(f"{kind} {percent(count, total)}" for kind, count in kinds[:2]) + (
        f" and {len(kinds) - 2} more" if len(kinds) > 2 else ""
    )


def _distinct(one: PropertyFacts, estimated: bool) -> str:
    return f"~{one.distinct:,}" if estimated and not one.values else f"{one.distinct:,}"


def _examples(one: PropertyFacts, show_data: bool) -> str:
    def shown(text: str) -> str:
        return printable(text if show_data else shown_value(one.name, text))

    if one.smallest is not None and one.largest is not None and one.distinct > 5:
        return f"{shown(one.smallest)} to {shown(one.largest)}"
    if one.values and len(one.values) < one.filled:
        return ", ".join(f"{shown(text)} {percent(count, one.filled)}" for text, count in one.values[:_MOST_VALUES]) + (
            f", and {len(one.values) - _MOST_VALUES:,} more" if len(one.values) > _MOST_VALUES else ""
        )
    return ", ".join(shown(text) for text in one.examples)


def questions(export: Inspection, show_data: bool) -> list[str]:
    """Questions for the owner of the export, each with its figures."""
    found = [*_time_questions(export), *_gaps(export, show_data)]
    duplicates = sum(event.duplicates for event in export.events)
    if duplicates:
        repeating = [event for event in export.events if event.duplicates]
        listed = _listed([f"{_name(event.name, show_data)} {event.duplicates:,}" for event in repeating])
        found.append(f"{plural(duplicates, 'row')} equal to an earlier one in everything: {listed}")
    repeated = sum(event.repeated_ids for event in export.events)
    if repeated:
        found.append(f"{plural(repeated, 'row')} with event id, contact and instant of an earlier one; a run takes one")
    if export.others:
        rows = sum(count for _, count in export.others)
        found.append(
            f"{plural(len(export.others), 'more event name')} with {plural(rows, 'row')}: is it the right column?"
        )
    if export.unfilled:
        listed = _listed([_name(name, show_data) for name in export.unfilled])
        found.append(f"without a single value: {listed}")
    return [*found, *(export.notes if show_data else map(shown_name, export.notes))]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _time_questions(export: Inspection) -> list[str]:
    found = []
    total = sum(export.hours)
    bare = sum(count for name, count in export.forms.items() if "without" in name)
    if total and export.midnight >= _DATES_ALONE * total:
        found.append(f"{percent(export.midnight, total)} of the timestamps are exactly midnight: dates alone? "
                     "Waits of less than a day then mean little")  # fmt: skip
    elif bare and not export.own_clock:
        found.append(f"{plural(bare, 'timestamp')} without a zone, read on the clock of {export.timezone}: "
                     "--timezone names another")  # fmt: skip
    night = sum(export.hours[hour] for hour in _NIGHT)
    long_enough = export.first is not None and export.last is not None and export.last - export.first >= 2 * DAY
    if long_enough and total >= _LEAST_ROWS and export.midnight < _DATES_ALONE * total and night >= _NIGHTLY * total:
        found.append(f"{percent(night, total)} of the events fall between 00:00 and 06:00 on the clock of "
                     f"{export.timezone}: are the timestamps on another clock?")  # fmt: skip
    return found


def _gaps(export: Inspection, show_data: bool) -> list[str]:
    """Days without any event, and frequent events that stay away while others come."""
    found = []
    every = sorted({name for event in export.events for name, _ in event.days})
    found += [f"no event at all {text}" for text in _runs(every)]
    whole = every[1:-1]  # the export begins and ends within a day
    for event in export.events:
        mine = {name for name, _ in event.days}
        if len(every) < 5 or event.rows < 5 * len(every):
            continue  # a rare event stays away for days as a matter of course
        missing = [name for name in whole if name not in mine]
        if missing:
            listed = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more days" if len(missing) > 4 else "")
            found.append(f"{_name(event.name, show_data)}: none on {listed}, while others came")
    more = len(found) - _MOST_GAPS
    return [*found[:_MOST_GAPS], *([f"and {more:,} more gaps"] if more > 0 else [])]


def _runs(days: Sequence[str]) -> list[str]:
    found = []
    for earlier, later in pairwise(days):
        start, end = date.fromisoformat(earlier) + timedelta(days=1), date.fromisoformat(later) - timedelta(days=1)
        if start == end:
            found.append(f"on {start}")
        elif start < end:
            found.append(f"from {start} to {end} ({(end - start).days + 1} days)")
    return found


def _unusable_lines(unusable: Sequence[Unusable], style: Style, width: int, show_data: bool) -> list[str]:
    lines = []
    for one in unusable if show_data else shown_unusable(unusable):
        lines.append(f"{plural(one.count, 'row')} not usable: {one.reason}")
        for sample in one.samples[:2]:
            line = f":{sample.line}" if sample.line is not None else ""
            lines.append("  " + style(fit(f"{sample.file}{line}: {printable(sample.excerpt)}", width - 6), "dim"))
    return lines


def inspection_values(export: Inspection, show_data: bool) -> dict[str, Any]:
    """For JSON and YAML."""
    unusable = export.unusable if show_data else shown_unusable(export.unusable)
    table_ = export.contacts_table
    return {
        "format_version": FORMAT_VERSION,
        "command": "events inspect",
        "files": list(export.files),
        "timezone": export.timezone,
        "rows": export.rows,
        "contacts": export.contacts,
        "first": moment(export.first, export.timezone),
        "last": moment(export.last, export.timezone),
        "timestamps": dict(sorted(export.forms.items())),
        "midnight": export.midnight,
        "hours": list(export.hours),
        "events": [event_values(event, export, show_data) for event in export.events],
        "other_events": _counted(export.others, show_data),
        "unusable": [
            {"reason": one.reason, "count": one.count,
             "samples": [{"file": s.file, "line": s.line, "excerpt": s.excerpt} for s in one.samples]}
            for one in unusable
        ],
        "unfilled": list(dict.fromkeys(_written(name, show_data) for name in export.unfilled)),
        "contacts_table": event_values(table_, export, show_data) if table_ is not None else None,
        "questions": questions(export, show_data),
    }  # fmt: skip


def event_values(event: EventFacts, export: Inspection, show_data: bool) -> dict[str, Any]:
    """One event for JSON."""
    zone = export.timezone
    return {
        "event": _written(event.name, show_data),
        "rows": event.rows,
        "contacts": event.contacts,
        "first": moment(event.first, zone),
        "last": moment(event.last, zone),
        "duplicates": event.duplicates,
        "repeated_ids": event.repeated_ids,
        "days": dict(event.days),
        "properties": [_property_values(one, export, show_data) for one in event.properties],
        "more_properties": event.more,
    }


def _written(name: str, show_data: bool) -> str:
    return name if show_data else shown_name(name)


def _counted(events: Sequence[tuple[str, int]], show_data: bool) -> dict[str, int]:
    """Rows by name; names that are masked alike count as one."""
    found: dict[str, int] = {}
    for name, count in events:
        shown = _written(name, show_data)
        found[shown] = found.get(shown, 0) + count
    return found


def _property_values(one: PropertyFacts, export: Inspection, show_data: bool) -> dict[str, Any]:
    def shown(text: str | None) -> str | None:
        return text if text is None or show_data else shown_value(one.name, text)

    values: dict[str, int] = {}
    for text, count in one.values:
        key = shown(text) or text
        values[key] = values.get(key, 0) + count
    return {
        "property": _written(one.name, show_data),
        "filled": one.filled,
        "types": dict(one.kinds),
        "distinct": one.distinct,
        "distinct_is_estimate": export.estimated and not one.values,
        "values": values,
        "examples": [shown(text) for text in one.examples],
        "smallest": shown(one.smallest),
        "largest": shown(one.largest),
        "first": moment(one.first, export.timezone),
        "last": moment(one.last, export.timezone),
    }
