"""The contacts table: attributes that hold from the start, or from an instant on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.model.export import Misfit
from tests.events.exports import Read

EVENTS = "contact_id,event,timestamp\nb,order_completed,1\n"
ATTRIBUTES: dict[str, str | None] = {"email": "string", "optin": "boolean", "score": "number"}


def test_attributes_hold_from_the_start_and_contacts_without_events_are_there(read: Read) -> None:
    table = "contact_id,email,optin,score,unread\na,a@x,true,,1\nc,,0,1.5,2\n"
    log = read(EVENTS, contacts={"people.csv": table}, attributes=ATTRIBUTES)
    assert [(c.contact_id, c.profile, c.changes, len(c.events)) for c in log.stream()] == [
        ("a", {"email": "a@x", "optin": True}, [], 0),
        ("b", {}, [], 1),
        ("c", {"optin": False, "score": 1.5}, [], 0),
    ]
    assert log.report.contacts == 3
    assert log.report.contacts_table is not None
    assert (log.report.contacts_table.rows, log.report.contacts_table.used) == (2, 2)


def test_the_last_of_two_rows_wins_and_is_noted(read: Read) -> None:
    log = read(EVENTS, contacts={"p.csv": "contact_id,email,optin\nb,old,true\nb,new,\n"}, attributes=ATTRIBUTES)
    (contact,) = log.stream()
    assert contact.profile == {"email": "new"}
    assert log.report.notes == ("contacts: 1 row gives way to a later row of the same contact",)
    assert log.report.contacts_table is not None
    assert log.report.contacts_table.repeated == 1


def test_rows_with_updated_at_are_changes_in_order(read: Read) -> None:
    rows = "b,second,1970-01-03\nb,first,1970-01-02\nb,start,\nb,third,1970-01-03\nb,bad,soon\n"
    table = f"contact_id,email,updated_at\n{rows}"
    log = read(EVENTS, contacts={"p.csv": table}, attributes=ATTRIBUTES)
    (contact,) = log.stream()
    day = 86_400_000_000
    assert contact.profile == {"email": "start"}
    assert contact.changes == [(day, {"email": "first"}), (2 * day, {"email": "second"}), (2 * day, {"email": "third"})]
    assert log.report.contacts_table is not None
    assert [(each.reason, each.count) for each in log.report.contacts_table.unusable] == [("unreadable timestamp", 1)]


def test_contacts_have_a_mapping_of_their_own(read: Read) -> None:
    table = '{"id": "b", "mail": "x", "modified": 1, "optin": "maybe"}\n{"mail": "y"}\n'
    mapping = {"contact_id": "id", "email": "mail", "updated_at": "modified"}
    log = read(EVENTS, contacts={"p.jsonl": table}, attributes=ATTRIBUTES, contacts_mapping=mapping)
    (contact,) = log.stream()
    assert contact.changes == [(1_000_000, {"email": "x"})]
    assert log.report.contacts_table is not None
    assert log.report.contacts_table.misfits == (Misfit("", "optin", "boolean", 1, "maybe"),)
    assert log.report.contacts_table.unusable[0].reason == "no contact id"


def test_a_missing_column_names_the_option_for_contacts(read: Read) -> None:
    with pytest.raises(ExportError, match="--contacts-map contact_id=customer"):
        read(EVENTS, contacts={"p.csv": "customer,email\nb,x\n"}, attributes=ATTRIBUTES)
    with pytest.raises(ExportError, match="--contacts-map updated_at=changed"):
        read(EVENTS, contacts={"p.csv": "contact_id\nb\n"}, contacts_mapping={"updated_at": "changed"})


def test_known_since_is_on_the_clock_of_the_export_and_the_earliest_of_a_contact_s_rows(read: Read) -> None:
    rows = "a,2025-03-02,2025-03-05\na,2025-03-01T10:00:00Z,2025-03-06\nb,,\nc,soon,\n"
    table = f"contact_id,known_since,updated_at\n{rows}"
    wanted: dict[str, str | None] = {**ATTRIBUTES, "known_since": "datetime"}
    log = replace(read(EVENTS, contacts={"p.csv": table}, attributes=wanted), timezone="Europe/Paris")
    ten, midnight = 1_740_823_200_000_000, 1_740_870_000_000_000
    assert midnight > ten
    assert [(one.contact_id, one.known_since) for one in log.stream()] == [("a", ten), ("b", None), ("c", None)]
    alone = read(EVENTS, contacts={"p.csv": "contact_id,known_since\na,2025-03-02\n"}, attributes=wanted)
    assert [one.known_since for one in replace(alone, timezone="Europe/Paris").stream()] == [midnight, None]
