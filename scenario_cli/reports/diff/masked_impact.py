"""An impact with the ids of contacts masked where they are addresses or telephone numbers."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.model.impact import ContactComparison, Impact
from scenario_cli.reports.masking import masked_id
from scenario_cli.reports.why.masked import masked_story


def masked_impact(impact: Impact) -> Impact:
    """The same figures, with no address and no telephone number among the ids."""
    before, after = (replace(one, contact_id=masked_id(one.contact_id)) for one in impact.pressure.busiest)
    return replace(
        impact,
        pressure=replace(impact.pressure, busiest=(before, after)),
        examples=tuple(replace(example, contact_id=masked_id(example.contact_id)) for example in impact.examples),
    )


def masked_contact(contact: ContactComparison) -> ContactComparison:
    """The same contact with both stories masked, and its id where it is an address or a telephone number."""
    return replace(
        contact,
        contact_id=masked_id(contact.contact_id),
        before=masked_story(contact.before),
        after=masked_story(contact.after),
    )
