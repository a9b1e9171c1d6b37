"""Conversion of the engine's records into the reference's facts, so that both can be compared."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.model.records import Asked, Converted, Ended, Entered, Held, Moved, Record, Refused, Updated
from tests.reference.contact import Fact, plain


def facts_of(records: Iterable[Record]) -> list[Fact]:
    """Leaves out data warnings: the language does not define their words."""
    return [fact for record in records if (fact := _fact(record)) is not None]


def _fact(record: Record) -> Fact | None:
    match record:
        case Entered():
            return _values(record, "entered", record.journey_id, record.key, _first_word(record.event))
        case Refused():
            return _values(record, "refused", "", record.key, _first_word(record.event), record.reason)
        case Moved():
            return _values(record, "moved", record.journey_id, record.source, record.target, _cause(record.cause))
        case Asked():
            return _values(
                record, "asked", record.journey_id, record.state, record.message_id, record.channel, record.template,
                record.purpose, record.address, record.reason, record.asked_at, record.variant, plain(record.values),
                plain(record.captures),
            )  # fmt: skip
        case Updated():
            return _values(record, "updated", record.journey_id, record.attribute, record.before, record.after)
        case Held():
            return _values(record, "held", record.journey_id, record.message_id, record.channel, record.until)
        case Converted():
            return _values(record, "converted", record.journey_id, record.event, record.value, record.credited)
        case Ended():
            return _values(record, "ended", record.journey_id, record.state, record.outcome)
    return None


def _first_word(text: str) -> str:
    """The kind of a reason, without the words of the file."""
    return text.split(" ")[0]


def _cause(text: str) -> str:
    """The reason why a journey moved; just the kind for waits, whose texts differ."""
    word = _first_word(text)
    if word == "else":
        return "choose"
    return word if word in ("", "on", "when", "choose", "split", "next") else "after"


def _values(
    record: Updated | Entered | Refused | Moved | Asked | Held | Converted | Ended, kind: str, *details: object
) -> Fact:
    return (kind, record.at, record.scenario, *(plain(part) for part in details))
