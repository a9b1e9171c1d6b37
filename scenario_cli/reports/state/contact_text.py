"""A contact of a store, in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scenario_cli.model.plain_text import printable
from scenario_cli.model.store_facts import ContactFacts
from scenario_cli.reports import record_words
from scenario_cli.reports.document.text import document_text
from scenario_cli.reports.record_words import to_the_minute, value
from scenario_cli.reports.state.row_words import row_grid
from scenario_cli.reports.text import Style, lines_text, plural, wrap


def contact_text(contact: ContactFacts, color: bool, width: int) -> str:
    style, zone = Style(color), contact.timezone
    title = wrap(f"{printable(contact.contact_id)}: {_known_since(contact)}, times in {zone}", width, "", "  ")
    attributes = ", ".join(f"{name}: {value(part)}" for name, part in contact.profile.items()) or "no attributes"
    due = to_the_minute(contact.next_due, zone) if contact.next_due is not None else "nothing until an event comes"
    lines = [style(title[0], "bold"), *title[1:]]
    for text in (f"profile  {attributes}", f"due      {due}"):
        lines += [style(line, "dim") for line in wrap(printable(text), width, "  ", "    ")]
    lines += _part("Journeys", (record_words.waiting(journey, zone) for journey in contact.journeys), style, width)
    if contact.ended:
        lines += wrap(f"{plural(contact.ended, 'ended journey')} can still reach a goal", width, "  ", "    ")
    triggers = (
        f"{trigger.scenario} at {to_the_minute(trigger.due, zone)}"
        + (f", {trigger.trigger}" if trigger.trigger else "")
        for trigger in contact.triggers
    )
    lines += _part("Triggers that time will fire", triggers, style, width)
    entries = (f"{scenario} until {to_the_minute(until, zone)}, then dropped" for scenario, until in contact.entries)
    lines += _part("Waits to enter, until another scenario of the group has ended", entries, style, width)
    lines += _part("In the segments", _segments(contact), style, width)
    inputs = (f"{to_the_minute(at, zone)}  {words}" for at, words in contact.kept_inputs)
    lines += _part("Kept for later runs", inputs, style, width)
    lines += ["", style(_outbox(contact), "bold")]
    grid = document_text([row_grid(contact.rows)], color, width) if contact.rows else ""
    return lines_text(lines) + grid


def _known_since(contact: ContactFacts) -> str:
    if contact.known_at is None:
        return "not known yet"
    text = f"known since {to_the_minute(contact.known_at, contact.timezone)}"
    if contact.last_input is None:
        return text
    return f"{text}, last input at {to_the_minute(contact.last_input, contact.timezone)}"


def _segments(contact: ContactFacts) -> Iterator[str]:
    if contact.segments:
        yield ", ".join(contact.segments)
    if contact.unnamed_segments:
        yield f"{contact.unnamed_segments:,} without a name here"


def _part(title: str, texts: Iterable[str], style: Style, width: int) -> list[str]:
    lines = [line for text in texts for line in wrap(printable(text), width, "  ", "    ")]
    return ["", style(title, "bold"), *lines] if lines else []


def _outbox(contact: ContactFacts) -> str:
    if not contact.row_count:
        return "No messages in the outbox"
    shown = len(contact.rows)
    return f"Outbox, the last {shown} of {contact.row_count:,} rows" if shown < contact.row_count else "Outbox"
