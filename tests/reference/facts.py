"""Conversion of the engine's records into the reference's facts, so that both can be compared."""

from __future__ import annotations

from collections.abc import Iterable

from scenario_cli.model.records import Asked, Converted, Ended, Entered, Held, Moved, Record, Refused, Updated
from tests.reference.contact import Fact, plain


def facts_of(records: Iterable[Record]) -> list[Fact]:
    """Leaves out data warnings: the language does not define their words."""
    return [fact for record in records if (fact := _fact(record)) is not None]


def _fact(one: Record) -> Fact | None:
    match one:
        case Entered():
            return _told(one, "entered", one.journey_id, one.key, _first_word(one.event))
        case Refused():
            return _told(one, "refused", "", one.key, _first_word(one.event), one.reason)
        case Moved():
            return _told(one, "moved", one.journey_id, one.source, one.target, _why(one.cause))
        case Asked():
            return _told(
                one, "asked", one.journey_id, one.state, one.message_id, one.channel, one.template, one.purpose,
                one.address, one.reason, one.asked_at, one.variant, plain(one.values), plain(one.captures),
            )  # fmt: skip
        case Updated():
            return _told(one, "updated", one.journey_id, one.attribute, one.before, one.after)
        case Held():
            return _told(one, "held", one.journey_id, one.message_id, one.channel, one.until)
        case Converted():
            return _told(one, "converted", one.journey_id, one.event, one.value, one.credited)
        case Ended():
            return _told(one, "ended", one.journey_id, one.state, one.outcome)
    return None


def _first_word(what: str) -> str:
    """The kind of a reason, without the words of the file."""
    return what.split(" ")[0]


def _why(what: str) -> str:
    """The reason why a journey moved; just the kind for waits, whose texts differ."""
    word = _first_word(what)
    if word == "else":
        return "choose"
    return word if word in ("", "on", "when", "choose", "split", "next") else "after"


def _told(
    one: Updated | Entered | Refused | Moved | Asked | Held | Converted | Ended, kind: str, *rest: object
) -> Fact:
    return (kind, one.at, one.scenario, *(plain(part) for part in rest))
