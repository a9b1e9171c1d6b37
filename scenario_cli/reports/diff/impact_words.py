"""The words for the effects of a change on the messages of a log's contacts, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.model.impact import (
    Difference,
    Impact,
    Kind,
    MessageImpact,
    Pair,
    Sides,
    UpdateDifference,
    UpdateImpact,
    UpdatePair,
)
from scenario_cli.model.waits import DAY, HOUR, MINUTE, SECOND
from scenario_cli.reports.text import percent, plural

CAUTION = (
    "The contacts in the log reacted to the messages of that time. Entries, outcomes and conversions below "
    "follow from these reactions; they do not predict reactions to the new messages."
)
DIFFERENCES: Mapping[Difference, str] = {
    "only_after": "new",
    "only_before": "gone",
    "moved": "different time",
    "other_text": "different text",
    "dropped_now": "now dropped",
    "no_longer_dropped": "no longer dropped",
    "same": "",
}
UPDATE_DIFFERENCES: Mapping[UpdateDifference, str] = {
    "only_after": "new",
    "only_before": "gone",
    "other_value": "different value",
    "moved": "different time",
    "same": "",
}
EXAMPLES: Mapping[Kind, str] = {
    "only_after": "A contact who receives a new message",
    "only_before": "A contact who no longer receives a message",
    "moved": "A contact who receives a message at a different time",
    "other_text": "A contact who receives a different text",
    "dropped_now": "A contact whose message is now dropped",
    "no_longer_dropped": "A contact whose message is no longer dropped",
    "first": "A contact who received nothing before",
    "nothing": "A contact who no longer receives anything",
    "update": "A contact whose attributes change differently",
}


def headline(impact: Impact) -> str:
    """The impact in one sentence."""
    if not impact.differs:
        return f"Nothing changes for the {plural(impact.contacts.total, 'contact')} of the log."
    messages = impact.messages
    affected, total = impact.contacts.affected, impact.contacts.total
    return (
        f"{plural(messages.before, 'message')} before, {messages.after:,} after ({change(messages)}); "
        f"{affected:,} of {plural(total, 'contact')} ({percent(affected, total)}) "
        f"{'receives' if affected == 1 else 'receive'} different messages{_updates(impact)}."
    )


def _updates(impact: Impact) -> str:
    differing = sum(update.differing for update in impact.updates)
    if not differing:
        return ""
    return f"; {plural(differing, 'attribute change')} {'differs' if differing == 1 else 'differ'}"


def change(sides: Sides) -> str:
    """The difference of two counts: `+12, +3%`."""
    difference = sides.after - sides.before
    if not difference:
        return "the same number"
    if not sides.before:
        return f"{difference:+,}"
    share = difference / sides.before
    return f"{difference:+,}, {'less than 0.1%' if abs(share) < 0.0005 else f'{share:+.1%}'}"


def row_differences(row: MessageImpact) -> tuple[str, ...]:
    """The differences in the messages of a scenario on a channel, a phrase each."""
    parts = [
        (row.only_after, "new"),
        (row.only_before, "gone"),
        (row.moved, f"at a different time, {shift(row.shift)}"),
        (row.other_text, "with a different text"),
        (_total(row.dropped_now), f"now dropped: {_reasons(row.dropped_now)}"),
        (_total(row.no_longer_dropped), f"no longer dropped: {_reasons(row.no_longer_dropped)}"),
        (row.unrendered, "can no longer be rendered"),
    ]
    return tuple(f"{count:,} {words}" for count, words in parts if count)


def update_differences(row: UpdateImpact) -> tuple[str, ...]:
    """The differences in the changes of an attribute, a phrase each."""
    parts = (
        (row.only_after, "new"),
        (row.only_before, "gone"),
        (row.other_value, "to a different value"),
        (row.moved, "at a different time"),
    )
    return tuple(f"{count:,} {words}" for count, words in parts if count)


def shift(length: int | None) -> str:
    """The delay of moved messages, or their lead: `1h later`; the median of several lengths."""
    if not length:
        return "earlier and later equally"
    return f"{duration(abs(length))} {'later' if length > 0 else 'earlier'} (median)"


def duration(length: int) -> str:
    """A length of time in its two largest units: `1d 2h`."""
    units = (("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND))
    parts = []
    for name, unit in units:
        count, length = divmod(length, unit)
        if count:
            parts.append(f"{count}{name}")
    return " ".join(parts[:2]) or "less than 1s"


def pair_words(pair: Pair) -> str:
    """The differences between the two sides of a message."""
    if pair.difference == "dropped_now" and pair.after is not None:
        return f"now dropped: {pair.after.reason}"
    if pair.difference == "no_longer_dropped" and pair.before is not None:
        return f"no longer dropped: {pair.before.reason}"
    if pair.difference == "moved" and pair.before is not None and pair.after is not None:
        words = _moved(pair.after.at - pair.before.at)
        return f"{words}, different text" if pair.other_text else words
    return DIFFERENCES[pair.difference]


def update_words(pair: UpdatePair) -> str:
    """The differences between the two sides of an attribute's change."""
    if pair.difference == "moved" and pair.before is not None and pair.after is not None:
        return _moved(pair.after.at - pair.before.at)
    return UPDATE_DIFFERENCES[pair.difference]


def _moved(length: int) -> str:
    return f"{duration(abs(length))} {'later' if length > 0 else 'earlier'}"


def _total(counts: Mapping[str, int] | None) -> int:
    return sum((counts or {}).values())


def _reasons(counts: Mapping[str, int] | None) -> str:
    """The reasons with their counts; a single reason alone, since its count is that of the phrase."""
    by_reason = counts or {}
    if len(by_reason) == 1:
        return next(iter(by_reason))
    return ", ".join(f"{reason} {count:,}" for reason, count in by_reason.items())
