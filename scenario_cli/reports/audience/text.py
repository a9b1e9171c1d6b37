"""A base by segment, or one audience as a list, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenario_cli.model.audience import Audience, Group, Listed, Members, Outside
from scenario_cli.reports.document.parts import Block, Bullets, Document, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.exports.log import data_lines, day
from scenario_cli.reports.record_words import to_the_minute
from scenario_cli.reports.text import Style, percent, plural

EVERYONE = "everyone"
_MOST_OVERLAPS = 10
_MOST_METRICS = 4  # columns of a list
_MOST_CHARACTERS = 40  # of a value in a list


def audience_text(audience: Audience, color: bool, width: int) -> str:
    """The list of one audience if there is one, else all segments."""
    listed = audience.listed
    document = _overview(audience) if listed is None else _list(audience, listed)
    lines = data_lines(audience.read, audience.warnings, Style(False), width)
    if lines:
        document += [Heading(3, "Data"), Bullets(tuple(lines))]
    return document_text(document, color, width)


def _overview(audience: Audience) -> Document:
    everyone = audience.everyone
    title = (
        f"{audience.project}: {plural(everyone.size, 'contact')} at {to_the_minute(audience.at, audience.timezone)}, "
        f"{plural(len(audience.segments), 'segment')}"
    )
    document: Document = [Heading(1, title, f"times in {audience.timezone}")]
    named = {EVERYONE: everyone, **audience.segments}
    revenue = ("of revenue",) if everyone.revenue is not None else ()
    since = (f"since {_since(audience)}",) if everyone.change else ()
    head = ("segment", "contacts", "share", *revenue, *since)
    rows = tuple(row(_marked(name, members), *_size(members, everyone)) for name, members in named.items())
    document += [Heading(3, "Segments"), Grid(head, rows)]
    if not everyone.change:
        document.append(Paragraph(_no_change(audience)))
    document += _reachable(audience, named)
    document += _overlaps(audience)
    document += _outside(audience)
    return [*document, *_resting(audience)]


def _since(audience: Audience) -> str:
    return day(audience.since, audience.timezone)


def _no_change(audience: Audience) -> str:
    return f"The log starts after {_since(audience)}, so changes cannot be shown."


def _marked(name: str, members: Members) -> str:
    return _starred(name, members.rests_on)


def _size(members: Members, everyone: Members) -> tuple[str, ...]:
    sold, total = members.revenue, everyone.revenue
    revenue = (percent(float(sold), float(total)),) if sold is not None and total is not None else ()
    change = (_change(members),) if members.change else ()
    return (f"{members.size:,}", percent(members.size, everyone.size), *revenue, *change)


def _change(members: Members) -> str:
    """`+12 (15 came, 3 left)`; `+3` and `0` if there is no more to show."""
    change = members.change
    if change is None:
        return ""
    net = change.entered - change.left
    text = f"{net:+,}" if net else "0"
    return f"{text} ({change.entered:,} entered, {change.left:,} left)" if change.entered and change.left else text


def _reachable(audience: Audience, named: Mapping[str, Members]) -> Iterator[Block]:
    channels = audience.channels
    if not channels:
        return
    yield Heading(3, "Reachable", "with an address, and with consent if the channel needs it")
    yield Grid(
        ("segment", *(_starred(name, effects) for name, effects in channels.items())),
        tuple(
            row(_marked(name, members), *(f"{members.reachable[channel]:,}" for channel in channels))
            for name, members in named.items()
        ),
    )
    if audience.open_channels:
        yield Paragraph(f"{', '.join(audience.open_channels)}: needs no address and no consent.")


def _overlaps(audience: Audience) -> Iterator[Block]:
    if not audience.overlaps:
        return
    largest = sorted(audience.overlaps.items(), key=lambda overlap: -overlap[1])[:_MOST_OVERLAPS]
    left_out = len(audience.overlaps) - len(largest)
    yield Heading(3, "Overlaps", f"the largest; {left_out:,} more with --format json" if left_out else "")
    yield Grid(
        ("segments", "contacts", "share of the first", "of the second"),
        tuple(
            row(f"{first}, {second}", f"{count:,}",
                *(percent(count, audience.segments[name].size) for name in (first, second)))
            for (first, second), count in largest
        ),
    )  # fmt: skip


def _outside(audience: Audience) -> Iterator[Block]:
    if audience.outside:
        yield Heading(3, "In none of them")
        yield Bullets(tuple(map(_outside_of, audience.outside)))


def _outside_of(outside: Outside) -> str:
    buyers = f", {outside.buyers:,} of them buyers" if outside.buyers is not None else ""
    return f"{_group_name(outside.group)}: {plural(outside.size, 'contact')}{buyers}"


def _group_name(group: Group) -> str:
    return f"{group.prefix}_*" if group.prefix else ", ".join(group.segments)


def _resting(audience: Audience) -> Iterator[Block]:
    """The meaning of the marks."""
    listed = audience.listed
    named: dict[str, tuple[str, ...]] = {name: members.rests_on for name, members in audience.segments.items()}
    if listed is not None:
        named = {listed.source: listed.members.rests_on}
        named |= {name: listed.metrics_rest_on.get(name, ()) for name in listed.metrics[:_MOST_METRICS] if listed.rows}
    named |= {f"by {channel}": effects for channel, effects in audience.channels.items()}
    lines = [f"{name}: {', '.join(effects)}" for name, effects in named.items() if effects]
    if lines:
        yield Heading(3, "Marked *", "depends on this replay of the scenarios, whose messages reached nobody")
        yield Bullets(tuple(lines))


def _list(audience: Audience, listed: Listed) -> Document:
    members, everyone = listed.members, audience.everyone
    share = f"{percent(members.size, everyone.size)} of {everyone.size:,}"
    at = to_the_minute(audience.at, audience.timezone)
    reachable = (
        f"{_starred(name, effects)} {members.reachable[name]:,}" for name, effects in audience.channels.items()
    )
    also_in = (f"{name} {count:,}" for name, count in listed.also_in.items())
    document: Document = [
        Heading(
            1,
            f"{_starred(listed.source, members.rests_on)}: {plural(members.size, 'contact')} at {at}",
            f"times in {audience.timezone}",
        ),
        facts(
            ("condition", listed.condition if listed.condition != listed.source else ""),
            ("share", share),
            ("revenue", _revenue(audience, members)),
            (f"since {_since(audience)}", _change(members) if members.change else _no_change(audience)),
            ("reachable", ", ".join(reachable)),
            ("also in", ", ".join(also_in)),
        ),
    ]
    if listed.rows:
        rest = f"the first {len(listed.rows):,} of {members.size:,}" if len(listed.rows) < members.size else ""
        document += [Heading(3, "Contacts", rest), _contacts(audience, listed)]
    return [*document, *_resting(audience)]


def _revenue(audience: Audience, members: Members) -> str:
    total = audience.everyone.revenue
    if members.revenue is None or total is None:
        return ""
    amount = f"{members.revenue:,.2f} {audience.currency}".rstrip()
    return f"{amount}, {percent(float(members.revenue), float(total))} of all"


def _starred(name: str, effects: tuple[str, ...]) -> str:
    return f"{name} *" if effects else name


def _contacts(audience: Audience, listed: Listed) -> Grid:
    metrics = listed.metrics[:_MOST_METRICS]
    return Grid(
        ("contact", "reachable by", *(_starred(name, listed.metrics_rest_on.get(name, ())) for name in metrics)),
        tuple(
            row(
                str(contact["contact_id"]),
                ", ".join(name for name in audience.channels if contact[f"reachable_{name}"]),
                *(_value_text(contact[f"metric_{name}"]) for name in metrics),
            )
            for contact in listed.rows
        ),
    )


def _value_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = f"{value:,}" if isinstance(value, int | float) else str(value)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
