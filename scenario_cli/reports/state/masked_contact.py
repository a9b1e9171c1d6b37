"""A contact of a store without personal data: addresses and telephone numbers are masked everywhere."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.model.store_facts import ContactFacts
from scenario_cli.reports.masking import masked_data, masked_id
from scenario_cli.reports.state.row_words import masked_entry


def masked_contact(contact: ContactFacts) -> ContactFacts:
    """Returns the contact masked, also its id: the user knows the id, but a log of the output must not contain it."""
    return replace(
        contact,
        contact_id=masked_id(contact.contact_id),
        profile=masked_data(contact.profile),
        journeys=[replace(journey, key=masked_data(journey.key)) for journey in contact.journeys],
        rows=[masked_entry(entry) for entry in contact.rows],
    )
