"""The effects of a change on the contacts of a log, as a document for a terminal, a pull request or a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from scenario_cli.model.impact import Asked, Busiest, Example, Impact, JourneyImpact, Pair, Set, Sides, UpdatePair
from scenario_cli.reports.diff.impact_words import (
    CAUTION,
    EXAMPLES,
    change,
    headline,
    pair_words,
    row_differences,
    update_differences,
    update_words,
)
from scenario_cli.reports.document.parts import Block, Bullets, Document, Facts, Grid, Heading, Paragraph, facts, row
from scenario_cli.reports.record_words import to_the_minute, value
from scenario_cli.reports.text import plural

_MOST_ROWS = 100  # of a table, so that the document stays small in any project
_MOST_A_WEEK = 6  # more messages in a week are shown together


def impact_document(impact: Impact, most: int = _MOST_ROWS) -> Document:
    """The whole impact, with at most so many elements of every list; only its headline if nothing differs."""
    blocks: Document = [Heading(2, "Impact"), Paragraph(headline(impact)), *_details(impact, most)]
    for example in impact.examples[:most]:
        blocks += [Heading(3, _example_title(example), f"times in {example.timezone}"), *_example_blocks(example)]
    return blocks


def _details(impact: Impact, most: int) -> Document:
    """The figures that the headline summarizes."""
    blocks: Document = [*_cautions(impact)]
    if impact.differs:
        blocks += [*_messages(impact, most), *_contacts(impact), *_pressure(impact), *_journeys(impact, most)]
        blocks += _updates(impact, most)
    return blocks


def _example_title(example: Example) -> str:
    """The kind of difference that a contact shows, and its id."""
    return f"{EXAMPLES[example.kind]}: `{example.contact_id}`"


def _cautions(impact: Impact) -> Iterator[Block]:
    twice = (
        f"The change can affect {plural(impact.replayed_twice, 'contact')}, who {_were(impact)} replayed with "
        "both versions."
    )
    notes = [f"{caution[:1].upper()}{caution[1:]}." for caution in impact.cautions]
    if impact.everybody:
        twice = f"The change can affect every contact: {', '.join(impact.everybody)}."
    yield Bullets((twice, *notes))


def _were(impact: Impact) -> str:
    return "was" if impact.replayed_twice == 1 else "were"


def _messages(impact: Impact, most: int) -> Iterator[Block]:
    differing = [line for line in impact.rows if line.differs]
    if not differing:
        return
    yield Heading(3, "Messages", "by scenario and channel")
    yield Grid(
        ("scenario", "channel", "before", "after", "what differs"),
        tuple(
            row(
                line.scenario, line.channel, f"{line.messages.before:,}", f"{line.messages.after:,}",
                row_differences(line) or ("dropped: " + _sides(line.dropped),),
            )
            for line in differing[:most]
        ),
    )  # fmt: skip
    unchanged = len(impact.rows) - len(differing)
    left_out = len(differing) - most
    words = [
        f"{left_out:,} more differ" if left_out > 0 else "",
        f"{unchanged:,} {'does' if unchanged == 1 else 'do'} not differ" if unchanged else "",
    ]
    if any(words):
        yield Paragraph("Of the other rows " + " and ".join(word for word in words if word) + ".")


def _contacts(impact: Impact) -> Iterator[Block]:
    contacts = impact.contacts
    pairs = (
        ("receive a message for the first time", contacts.first),
        ("receive more", contacts.more),
        ("receive fewer", contacts.less),
        ("no longer receive any", contacts.nothing),
        ("receive as many, but different ones", contacts.otherwise),
    )
    lines = [(words, f"{count:,}") for words, count in pairs if count]
    cost = _cost(impact)
    if lines or cost:
        yield Heading(3, "Contacts")
        yield facts(*lines, ("cost", cost))


def _cost(impact: Impact) -> str:
    before, after = impact.cost
    if not before and not after:
        return ""
    unit = f" {impact.currency}".rstrip()
    return f"{before:,.2f}{unit} before, {after:,.2f}{unit} after ({after - before:+,.2f})"


def _pressure(impact: Impact) -> Iterator[Block]:
    pressure = impact.pressure
    if any(before != after for before, after in pressure.weeks.values()):
        few = [(str(count), sides) for count, sides in pressure.weeks.items() if count <= _MOST_A_WEEK]
        many = [sides for count, sides in pressure.weeks.items() if count > _MOST_A_WEEK]
        if many:
            total = Sides(sum(sides.before for sides in many), sum(sides.after for sides in many))
            few.append((f"{_MOST_A_WEEK + 1} or more", total))
        yield Heading(3, "Pressure", "contacts' weeks, by number of marketing messages")
        yield Grid(
            ("messages a week", "before", "after", "change"),
            tuple(row(name, f"{sides.before:,}", f"{sides.after:,}", change(sides)) for name, sides in few),
        )
    if pressure.busiest[0] != pressure.busiest[1]:
        before, after = map(_busiest, pressure.busiest)
        yield Facts((("most messages to one contact in seven days", (f"before: {before}", f"after: {after}")),))


def _busiest(busiest: Busiest) -> str:
    return f"`{busiest.contact_id}`, {plural(busiest.messages, 'message')}" if busiest.messages else "nobody"


def _journeys(impact: Impact, most: int) -> Iterator[Block]:
    differing = [journey for journey in impact.journeys if journey.differs]
    if not differing:
        return
    yield Heading(3, "Entries, outcomes and conversions")
    yield Paragraph(CAUTION)
    yield Grid(
        ("scenario", "entered", "outcomes", "converted"),
        tuple(
            row(
                journey.scenario,
                _sides(journey.entered),
                tuple(f"{name} {_sides(sides)}" for name, sides in journey.outcomes.items()),
                (_sides(journey.converted), *_value(journey, impact.currency)),
            )
            for journey in differing[:most]
        ),
    )
    if len(differing) > most:
        yield Paragraph(f"{plural(len(differing) - most, 'more scenario')} differ.")


def _updates(impact: Impact, most: int) -> Iterator[Block]:
    differing = [update for update in impact.updates if update.differing]
    if not differing:
        return
    yield Heading(3, "Changes of attributes", "by scenario and attribute")
    yield Grid(
        ("scenario", "attribute", "before", "after", "what differs"),
        tuple(
            row(update.scenario, update.attribute, f"{update.changes.before:,}", f"{update.changes.after:,}",
                update_differences(update))
            for update in differing[:most]
        ),
    )  # fmt: skip
    if len(differing) > most:
        yield Paragraph(f"{plural(len(differing) - most, 'more row')} left out.")


def _sides(sides: Sides) -> str:
    return f"{sides.before:,}" if sides.before == sides.after else f"{sides.before:,} → {sides.after:,}"


def _value(journey: JourneyImpact, currency: str) -> tuple[str, ...]:
    before, after = (worth or Decimal() for worth in journey.value)
    return (f"worth {before:,.0f} → {after:,.0f} {currency}".rstrip(),) if before != after else ()


def _example_blocks(example: Example) -> Iterator[Block]:
    """A contact's messages, or the changes of its attributes, both sides next to each other."""
    if example.updates:
        yield updates_grid(example.updates, example.timezone)
    else:
        yield pairs_grid(example.pairs, example.timezone)
    if example.left_out:
        yield Paragraph(f"{plural(example.left_out, 'more change' if example.updates else 'more message')} left out.")


def pairs_grid(pairs: Sequence[Pair], timezone: str) -> Grid:
    """The messages of both sides, a row a message."""
    return Grid(
        ("before", "after", "message", "what differs"),
        tuple(
            row(_when(pair.before, timezone), _when(pair.after, timezone), _message(pair), pair_words(pair))
            for pair in pairs
        ),
    )


def updates_grid(updates: Sequence[UpdatePair], timezone: str) -> Grid:
    """The changes of attributes on both sides, a row a change."""
    return Grid(
        ("before", "after", "change", "what differs"),
        tuple(
            row(_set(pair.before, timezone), _set(pair.after, timezone), _update(pair), update_words(pair))
            for pair in updates
        ),
    )


def _set(side: Set | None, timezone: str) -> str:
    return f"{to_the_minute(side.at, timezone)} {value(side.value)}" if side is not None else ""


def _update(pair: UpdatePair) -> str:
    side = pair.after or pair.before
    assert side is not None
    return f"{pair.scenario} {side.state}: {pair.attribute}"


def _when(message: Asked | None, timezone: str) -> str:
    if message is None:
        return ""
    return to_the_minute(message.at, timezone) + (" dropped" if message.reason else "")


def _message(pair: Pair) -> str:
    message = pair.after or pair.before
    assert message is not None
    return f"{pair.scenario} {message.state}, {pair.channel}: {message.template}"
