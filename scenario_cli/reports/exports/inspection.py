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
from scenario_cli.reports.exports.contacts import contact_lines, contact_values
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
    """The text for a terminal: an overview, the clock, each event with its properties, and the points to check."""
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
    if export.reach is not None:
        lines += ["", style("Reach", "bold")]
        for line in contact_lines(export.reach, show_data):
            lines += wrap(line, width - 2, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    open_questions = questions(export, show_data)
    unusable = (*export.unusable, *export.contacts_unusable)
    if open_questions or unusable:
        lines += ["", style("To check", "bold")]
        for line in open_questions:
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
        start, end = (_minute(at, export.timezone) for at in (export.first, export.last))
        lines.append(f"{start} to {end} ({length}; {export.timezone})")
    return lines


def _minute(at: int | None, zone: str) -> str:
    return (moment(at, zone) or "–")[:16].replace("T", " ")


def _overview(export: Inspection, style: Style, width: int, show_data: bool) -> list[str]:
    events = export.events[:_MOST_EVENTS]
    total = max(export.used, 1)
    columns = [
        ("event", [_name(event.name, show_data) for event in events]),
        ("rows", [f"{event.rows:,}" for event in events]),
        ("share", [percent(event.rows, total) for event in events]),
        ("contacts", [f"{event.contacts:,}" for event in events]),
        ("first", [day(event.first, export.timezone) for event in events]),
        ("last", [day(event.last, export.timezone) for event in events]),
    ]
    if width < _NARROW:
        columns = [column for column in columns if column[0] not in ("share", "first")]
    head, cells = [name for name, _ in columns], [column for _, column in columns]
    rows = [list(row) for row in zip(*cells, strict=True)]
    natural = sum(max(map(len, (name, *column))) + 2 for name, column in columns)
    room = min(max(width - natural, _LEAST_SPARK), _SPARK_WIDTH, max(_days_of(export), 1))
    scale = "by day" if room == _days_of(export) else "over time"
    lines = table(head, rows, width - max(room, len(scale)) - 2, style)
    rows_with_sparks = [
        f"{line}  {style(spark, 'cyan')}" for line, spark in zip(lines[1:], _sparks(export, events, room), strict=True)
    ]
    heading = lines[0] + "  " + style(scale, "dim")
    hidden = len(export.events) - _MOST_EVENTS
    return [
        heading,
        *rows_with_sparks,
        *([style(f"and {hidden:,} more events: see --format json", "dim")] if hidden > 0 else []),
    ]


def _days_of(export: Inspection) -> int:
    days = [day for event in export.events for day, _ in event.days]
    return (date.fromisoformat(max(days)) - date.fromisoformat(min(days))).days + 1 if days else 0


def _sparks(export: Inspection, events: Sequence[EventFacts], room: int) -> list[str]:
    """The volume of each event over the whole time; a blank if there is none."""
    days = [name for event in export.events for name, _ in event.days]
    if not days:
        return ["" for _ in events]
    first, length = date.fromisoformat(min(days)), _days_of(export)
    sparks = []
    for event in events:
        buckets = [0.0] * room
        for name, count in event.days:
            day_number = (date.fromisoformat(name) - first).days
            buckets[day_number * room // length] += count
        # A bucket can hold a day more than another.
        sizes = [
            max(sum(1 for day_number in range(length) if day_number * room // length == number), 1)
            for number in range(room)
        ]
        heights = [bucket / size for bucket, size in zip(buckets, sizes, strict=True)]
        highest = max(heights) or 1
        sparks.append("".join(" " if not h else _SPARKS[min(int(h / highest * 8), 7)] for h in heights).rstrip())
    return sparks


def _clock(export: Inspection, style: Style) -> list[str]:
    highest = max(export.hours) or 1
    spark = "".join(" " if not n else _SPARKS[min(int(n / highest * 8), 7)] for n in export.hours)
    forms = ", ".join(f"{name} {count:,}" for name, count in sorted(export.forms.items(), key=lambda pair: -pair[1]))
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
        [
            _name(property_.name, show_data),
            type_of(property_),
            percent(property_.filled, event.rows),
            _distinct(property_, estimated),
        ]
        for property_ in event.properties[:_MOST_PROPERTIES]
    ]
    head = ["property", "type", "filled", "distinct"]
    lines_ = table(head, rows, width - 14, style, left=2, indent=2)
    lines.append(fit(lines_[0], width) if width - len(lines_[0]) < 12 else lines_[0] + "  " + style("examples", "dim"))
    for line, property_ in zip(lines_[1:], event.properties, strict=False):
        room = width - len(line) - 2
        lines.append(f"{line}  {fit(_examples(property_, show_data), room)}".rstrip())
    hidden = len(event.properties) - _MOST_PROPERTIES
    if hidden > 0:
        lines.append(style(f"  and {hidden:,} more: see --format json", "dim"))
    if event.more:
        lines.append(style(f"  and {event.more:,} more properties that were not analysed", "dim"))
    return lines


def _name(name: str, show_data: bool) -> str:
    """The name of an event or a property on a line."""
    return printable(fit(name if show_data else shown_name(name), _LONGEST_NAME))


def type_of(facts: PropertyFacts) -> str:
    """`number`, or `number 98%, string 2%` if values look different."""
    kinds = sorted(facts.kinds.items(), key=lambda pair: -pair[1])
    if len(kinds) < 2:
        return kinds[0][0] if kinds else "–"
    if {kind for kind, _ in kinds} == {"integer", "number"}:
        return "number"
    total = sum(facts.kinds.values())
    return " ".join(f"{kind} {percent(count, total)}" for kind, count in kinds[:2]) + (
        f" and {len(kinds) - 2} more" if len(kinds) > 2 else ""
    )


def _distinct(facts: PropertyFacts, estimated: bool) -> str:
    return f"~{facts.distinct:,}" if estimated and not facts.values else f"{facts.distinct:,}"


def _examples(facts: PropertyFacts, show_data: bool) -> str:
    def display(text: str) -> str:
        return printable(text if show_data else shown_value(facts.name, text))

    if facts.smallest is not None and facts.largest is not None and facts.distinct > 5:
        return f"{display(facts.smallest)} to {display(facts.largest)}"
    if facts.values and len(facts.values) < facts.filled:
        return ", ".join(
            f"{display(text)} {percent(count, facts.filled)}" for text, count in facts.values[:_MOST_VALUES]
        ) + (f", and {len(facts.values) - _MOST_VALUES:,} more" if len(facts.values) > _MOST_VALUES else "")
    return ", ".join(display(text) for text in facts.examples)


def questions(export: Inspection, show_data: bool) -> list[str]:
    """Questions for the owner of the export, each with its figures."""
    sentences = [*_time_questions(export), *_gaps(export, show_data)]
    duplicates = sum(event.duplicates for event in export.events)
    if duplicates:
        repeating = [event for event in export.events if event.duplicates]
        listed = _listed([f"{_name(event.name, show_data)} {event.duplicates:,}" for event in repeating])
        sentences.append(f"{plural(duplicates, 'row')} identical to an earlier row: {listed}")
    repeated = sum(event.repeated_ids for event in export.events)
    if repeated:
        sentences.append(
            f"{plural(repeated, 'row')} with the event id, contact and time of an earlier row; a run uses "
            "only the first"
        )
    if export.others:
        rows = sum(count for _, count in export.others)
        sentences.append(
            f"{plural(len(export.others), 'more event name')} with {plural(rows, 'row')}: is this the right column?"
        )
    if export.unfilled:
        listed = _listed([_name(name, show_data) for name in export.unfilled])
        sentences.append(f"columns without any value: {listed}")
    return [*sentences, *(export.notes if show_data else map(shown_name, export.notes))]


def _listed(names: Sequence[str]) -> str:
    hidden = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" and {hidden:,} more" if hidden > 0 else "")


def _time_questions(export: Inspection) -> list[str]:
    sentences = []
    total = sum(export.hours)
    unzoned = sum(count for name, count in export.forms.items() if "without" in name)
    if total and export.midnight >= _DATES_ALONE * total:
        sentences.append(
            f"{percent(export.midnight, total)} of the timestamps are exactly midnight: are they dates without "
            "times? Then waits shorter than a day mean little"
        )  # fmt: skip
    elif unzoned and not export.own_clock:
        sentences.append(
            f"{plural(unzoned, 'timestamp')} without a time zone, read as {export.timezone}; set another with "
            "--timezone"
        )  # fmt: skip
    night = sum(export.hours[hour] for hour in _NIGHT)
    long_enough = export.first is not None and export.last is not None and export.last - export.first >= 2 * DAY
    if long_enough and total >= _LEAST_ROWS and export.midnight < _DATES_ALONE * total and night >= _NIGHTLY * total:
        sentences.append(
            f"{percent(night, total)} of the events are between 00:00 and 06:00 in {export.timezone}: are the "
            "timestamps in another time zone?"
        )  # fmt: skip
    return sentences


def _gaps(export: Inspection, show_data: bool) -> list[str]:
    """Days without any event, and frequent events that stay away while others come."""
    sentences = []
    days = sorted({name for event in export.events for name, _ in event.days})
    sentences += [f"no events {text}" for text in _runs(days)]
    complete_days = days[1:-1]  # the export begins and ends within a day
    for event in export.events:
        own_days = {name for name, _ in event.days}
        if len(days) < 5 or event.rows < 5 * len(days):
            continue  # a rare event stays away for days as a matter of course
        missing = [name for name in complete_days if name not in own_days]
        if missing:
            listed = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more days" if len(missing) > 4 else "")
            sentences.append(f"{_name(event.name, show_data)}: none on {listed}, while other events came")
    hidden = len(sentences) - _MOST_GAPS
    return [*sentences[:_MOST_GAPS], *([f"and {hidden:,} more gaps"] if hidden > 0 else [])]


def _runs(days: Sequence[str]) -> list[str]:
    runs = []
    for earlier, later in pairwise(days):
        start, end = date.fromisoformat(earlier) + timedelta(days=1), date.fromisoformat(later) - timedelta(days=1)
        if start == end:
            runs.append(f"on {start}")
        elif start < end:
            runs.append(f"from {start} to {end} ({(end - start).days + 1} days)")
    return runs


def _unusable_lines(unusable: Sequence[Unusable], style: Style, width: int, show_data: bool) -> list[str]:
    lines = []
    for reject in unusable if show_data else shown_unusable(unusable):
        lines.append(f"{plural(reject.count, 'row')} not usable: {reject.reason}")
        for sample in reject.samples[:2]:
            line = f":{sample.line}" if sample.line is not None else ""
            lines.append("  " + style(fit(f"{sample.file}{line}: {printable(sample.excerpt)}", width - 6), "dim"))
    return lines


def inspection_values(export: Inspection, show_data: bool) -> dict[str, Any]:
    """The facts of an export for JSON and YAML."""
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
        "other_events": _rows_by_name(export.others, show_data),
        "unusable": [
            {"reason": reject.reason, "count": reject.count,
             "samples": [{"file": s.file, "line": s.line, "excerpt": s.excerpt} for s in reject.samples]}
            for reject in unusable
        ],
        "unfilled": list(dict.fromkeys(_shown_name(name, show_data) for name in export.unfilled)),
        "contacts_table": event_values(table_, export, show_data) if table_ is not None else None,
        "reach": contact_values(export.reach, show_data),
        "questions": questions(export, show_data),
    }  # fmt: skip


def event_values(event: EventFacts, export: Inspection, show_data: bool) -> dict[str, Any]:
    """One event for JSON."""
    zone = export.timezone
    return {
        "event": _shown_name(event.name, show_data),
        "rows": event.rows,
        "contacts": event.contacts,
        "first": moment(event.first, zone),
        "last": moment(event.last, zone),
        "duplicates": event.duplicates,
        "repeated_ids": event.repeated_ids,
        "days": dict(event.days),
        "properties": [_property_values(facts, export, show_data) for facts in event.properties],
        "more_properties": event.more,
    }


def _shown_name(name: str, show_data: bool) -> str:
    return name if show_data else shown_name(name)


def _rows_by_name(events: Sequence[tuple[str, int]], show_data: bool) -> dict[str, int]:
    """Rows by name; names that are masked alike count as one."""
    rows: dict[str, int] = {}
    for name, count in events:
        display = _shown_name(name, show_data)
        rows[display] = rows.get(display, 0) + count
    return rows


def _property_values(facts: PropertyFacts, export: Inspection, show_data: bool) -> dict[str, Any]:
    def display(text: str | None) -> str | None:
        return text if text is None or show_data else shown_value(facts.name, text)

    values: dict[str, int] = {}
    for text, count in facts.values:
        key = display(text) or text
        values[key] = values.get(key, 0) + count
    return {
        "property": _shown_name(facts.name, show_data),
        "filled": facts.filled,
        "types": dict(facts.kinds),
        "distinct": facts.distinct,
        "distinct_is_estimate": export.estimated and not facts.values,
        "values": values,
        "examples": [display(text) for text in facts.examples],
        "smallest": display(facts.smallest),
        "largest": display(facts.largest),
        "first": moment(facts.first, export.timezone),
        "last": moment(facts.last, export.timezone),
    }
