"""The reachability of contacts, as lines of a report and as plain values."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.inspection import AddressFacts, ContactFacts
from scenario_cli.reports.exports.withheld import shown_value
from scenario_cli.reports.text import percent, plural

_KINDS = {"email": "e-mail addresses", "phone": "telephone numbers"}


def contact_lines(facts: ContactFacts, show_data: bool) -> list[str]:
    """A sentence for each fact, also for those that are in order."""
    lines = [line for address in facts.addresses for line in _address_lines(address, facts, show_data)]
    if facts.without_consent is not None:
        listed = ", ".join(f"contact.{name}" for name in facts.consents)
        share = percent(facts.without_consent, facts.contacts) if facts.contacts else "0%"
        lines.append(f"{share} of {plural(facts.contacts, 'contact')} have agreed to nothing "
                     f"({facts.without_consent:,}; {listed})")  # fmt: skip
    return lines


def _address_lines(address: AddressFacts, facts: ContactFacts, show_data: bool) -> list[str]:
    subject = f"contact.{address.attribute}"
    share = percent(address.contacts, facts.contacts) if facts.contacts else "0%"
    lines = [f"{subject}: {address.contacts:,} of {plural(facts.contacts, 'contact')} have one ({share})"]
    examples = ", ".join(f"'{text}'" for text in shown_examples(address, show_data))
    sample = f", such as {examples}" if examples else ""
    if address.invalid:
        lines.append(
            f"{subject}: {address.invalid:,} are not {_KINDS[address.kind]}: their messages are dropped{sample}"
        )
        sample = ""
    if address.doubtful:
        lines.append(f"{subject}: {address.doubtful:,} look wrong and will probably not be delivered{sample}")
    if address.shared:
        lines.append(f"{subject}: {plural(address.shared, 'address', 'addresses')} of several contacts "
                     f"({address.sharing:,}): each of these contacts gets its own messages")  # fmt: skip
    return lines


def shown_examples(address: AddressFacts, show_data: bool) -> list[str]:
    return [text if show_data else shown_value(address.attribute, text) for text in address.examples]


def contact_values(facts: ContactFacts | None, show_data: bool) -> dict[str, Any] | None:
    """The facts about contacts for JSON and YAML."""
    if facts is None:
        return None
    return {
        "contacts": facts.contacts,
        "addresses": [
            {
                "attribute": address.attribute,
                "kind": address.kind,
                "contacts": address.contacts,
                "invalid": address.invalid,
                "doubtful": address.doubtful,
                "shared": address.shared,
                "sharing_contacts": address.sharing,
                "examples": shown_examples(address, show_data),
            }
            for address in facts.addresses
        ],
        "consents": list(facts.consents),
        "without_consent": facts.without_consent,
    }
