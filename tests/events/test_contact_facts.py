"""Addresses, shared addresses and consents of the contacts of an export."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.engine.addresses import address_of
from scenario_cli.events.inspect import inspect
from scenario_cli.model.export import ContactFields, ExportOptions
from scenario_cli.model.inspection import ContactFacts

LOG = "contact_id,event,timestamp\n" + "".join(f"{name},visit,2025-03-01T10:00:00Z\n" for name in ("a", "b", "z"))
FIELDS = ContactFields((("email", "email"), ("phone", "phone")), ("email_optin", "sms_optin"), ("profile_updated",))


def facts(folder: Path, contacts: str, log: str = LOG, fields: ContactFields | None = FIELDS) -> ContactFacts | None:
    (folder / "log.csv").write_text(log, encoding="utf-8")
    (folder / "people.csv").write_text(contacts, encoding="utf-8")
    people = (str(folder / "people.csv"),) if contacts else ()
    options = ExportOptions(events=(str(folder / "log.csv"),), contacts=people, contact_fields=fields)
    return inspect(options, folder / "work").reach


VALUES = [
    ("ana@example.com", "email", ""), (" ana@example.com ", "email", ""), ("ana+x@mail.example.co.uk", "email", ""),
    ("ana", "email", "invalid"), ("ana@", "email", "invalid"), ("a b@example.com", "email", "invalid"),
    ("ana@example.com;bo@example.com", "email", "invalid"), ("none", "email", "invalid"),
    ("ana@example.", "email", "invalid"),
    ("ana@example", "email", "doubtful"), ("ana@example..com", "email", "doubtful"),
    (".ana@example.com", "email", "doubtful"),
    ("a..na@example.com", "email", "doubtful"), ("ana@example.c", "email", "doubtful"), ("ana@münchen.de", "email", ""),
    ("+33 6 12 34 56 78", "phone", ""), ("0612345678", "phone", ""), ("(02) 555-0199", "phone", ""),
    ("n/a", "phone", "invalid"), ("06 12 ab", "phone", "invalid"), ("112", "phone", "doubtful"),
]  # fmt: skip


def test_each_value_is_an_address_a_doubtful_one_or_none(tmp_path: Path) -> None:
    # Each value has its own column.
    names = [f"{kind}_{number}" for number, (_, kind, _) in enumerate(VALUES)]
    fields = ContactFields(tuple((name, kind) for name, (_, kind, _) in zip(names, VALUES, strict=True)), ())
    cells = ",".join(f'"{value}"' for value, _, _ in VALUES)
    contact_facts = facts(tmp_path, f"contact_id,{','.join(names)}\na,{cells}\n", fields=fields)
    assert contact_facts is not None
    assert [address.attribute for address in contact_facts.addresses] == names
    wrong = []
    for address, (value, kind, verdict) in zip(contact_facts.addresses, VALUES, strict=True):
        assert (address.contacts, address.shared) == (1, 0)
        judged = "invalid" if address.invalid else "doubtful" if address.doubtful else ""
        if judged != verdict or address.kind != kind:
            wrong.append((value, judged))
        # The executor drops messages to invalid addresses, and to no others.
        channel = {"email": "email", "phone": "sms"}[kind]
        assert (address_of(channel, value)[0] is None) == bool(address.invalid), value
    assert wrong == []


def test_addresses_are_counted_by_contact_and_shared_ones_reported(tmp_path: Path) -> None:
    people = """contact_id,email,phone,email_optin,sms_optin
a,Ana@example.com,06 12 34 56 78,true,false
b,ana@example.com,0612345678,false,false
c,bad,,yes,
d,,,,
e,e@example,1,0,1
"""
    contact_facts = facts(tmp_path, people)
    assert contact_facts is not None
    email, phone = contact_facts.addresses
    assert (email.contacts, email.invalid, email.doubtful, email.shared, email.sharing) == (4, 1, 1, 1, 2)
    assert email.examples == ("bad", "e@example")
    assert (phone.contacts, phone.invalid, phone.shared, phone.sharing) == (3, 1, 1, 2)
    # a, c and e have agreed to something; b and d have not, and z from the log has no profile.
    assert (contact_facts.contacts, contact_facts.consents, contact_facts.without_consent) == (
        6,
        ("email_optin", "sms_optin"),
        3,
    )


def test_events_that_change_the_profile_count_too_and_the_last_value_holds(tmp_path: Path) -> None:
    log = """contact_id,event,timestamp,email,email_optin
a,profile_updated,2025-03-01T10:00:00Z,bad,true
a,profile_updated,2025-03-02T10:00:00Z,ana@example.com,false
b,profile_updated,2025-03-02T10:00:00Z,bo@example.com,true
c,visit,2025-03-02T10:00:00Z,no address,true
"""
    contact_facts = facts(tmp_path, "", log)
    assert contact_facts is not None
    (email,) = contact_facts.addresses
    assert (email.contacts, email.invalid) == (2, 0)
    assert (contact_facts.contacts, contact_facts.without_consent) == (3, 2)


@pytest.mark.parametrize("people", ["", "contact_id,country\na,FR\n"])
def test_an_export_without_addresses_and_consents_has_no_contact_facts(people: str, tmp_path: Path) -> None:
    assert facts(tmp_path, people) is None


def test_without_a_project_the_usual_names_are_looked_for(tmp_path: Path) -> None:
    contact_facts = facts(tmp_path, "contact_id,e_mail,mobile,accepts_email\na,x,0612345678,true\n", fields=None)
    assert contact_facts is not None
    assert [(address.attribute, address.kind) for address in contact_facts.addresses] == [
        ("e_mail", "email"),
        ("mobile", "phone"),
    ]
    assert (contact_facts.consents, contact_facts.without_consent) == (("accepts_email",), 2)
