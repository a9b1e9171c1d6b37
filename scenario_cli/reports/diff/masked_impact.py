"""An impact with e-mail addresses and telephone numbers masked, among the ids of contacts and their attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scenario_cli.model.impact import ContactComparison, Impact, Set, UpdatePair
from scenario_cli.reports.masking import masked_data, masked_id
from scenario_cli.reports.why.masked import masked_story


def masked_impact(impact: Impact) -> Impact:
    """The same figures, without addresses and telephone numbers."""
    before, after = (replace(entry, contact_id=masked_id(entry.contact_id)) for entry in impact.pressure.busiest)
    return replace(
        impact,
        pressure=replace(impact.pressure, busiest=(before, after)),
        examples=tuple(
            replace(example, contact_id=masked_id(example.contact_id), updates=_masked_updates(example.updates))
            for example in impact.examples
        ),
    )


def masked_contact(contact: ContactComparison) -> ContactComparison:
    """The same contact with both stories masked, and its id if it is an address or a telephone number."""
    return replace(
        contact,
        contact_id=masked_id(contact.contact_id),
        updates=_masked_updates(contact.updates),
        before=masked_story(contact.before),
        after=masked_story(contact.after),
    )


def _masked_updates(updates: Iterable[UpdatePair]) -> tuple[UpdatePair, ...]:
    return tuple(
        replace(pair, before=_masked_set(pair.before, pair.attribute), after=_masked_set(pair.after, pair.attribute))
        for pair in updates
    )


def _masked_set(side: Set | None, attribute: str) -> Set | None:
    return None if side is None else replace(side, value=masked_data(side.value, attribute))
