"""The contacts table: attributes that are valid from the start, or from an instant."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.inspect import inspect
from scenario_cli.model.export import ExportOptions, Misfit
from tests.events.exports import Read, write

EVENTS = "contact_id,event,timestamp\nb,order_completed,1\n"
DAY = 86_400_000_000
ATTRIBUTES: dict[str, str | None] = {"email": "string", "optin": "boolean", "score": "number"}


def test_attributes_hold_from_the_start_and_contacts_need_no_events(read: Read) -> None:
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
    assert contact.profile == {"email": "start"}
    assert contact.changes == [(DAY, {"email": "first"}), (2 * DAY, {"email": "second"}), (2 * DAY, {"email": "third"})]
    assert log.report.contacts_table is not None
    assert [(each.reason, each.count) for each in log.report.contacts_table.unusable] == [("unreadable timestamp", 1)]


def test_contacts_have_a_mapping_of_their_own(read: Read) -> None:
    table = '{"id": "b", "mail": "x", "modified": 1, "optin": "maybe"}\n{"mail": "y"}\n'
    mapping = {"contact_id": "id", "email": "mail", "updated_at": "modified"}
    log = read(EVENTS, contacts={"p.jsonl": table}, attributes=ATTRIBUTES, contacts_mapping=mapping)
    (contact,) = log.stream()
    assert contact.changes == [(1_000_000, {"optin": None, "email": "x"})]
    assert log.report.contacts_table is not None
    assert log.report.contacts_table.misfits == (Misfit("", "optin", "boolean", 1, "maybe"),)
    assert log.report.contacts_table.unusable[0].reason == "no contact id"


def test_a_missing_column_names_the_option_for_contacts(read: Read) -> None:
    with pytest.raises(ExportError, match="--contacts-map contact_id=customer"):
        read(EVENTS, contacts={"p.csv": "customer,email\nb,x\n"}, attributes=ATTRIBUTES)
    with pytest.raises(ExportError, match="--contacts-map updated_at=COLUMN"):
        read(EVENTS, contacts={"p.csv": "contact_id\nb\n"}, contacts_mapping={"updated_at": "changed"})


def test_known_since_is_on_the_clock_of_the_export_and_the_earliest_of_a_contact_s_rows(read: Read) -> None:
    rows = "a,2025-03-02,2025-03-05\na,2025-03-01T10:00:00Z,2025-03-06\nb,,\nc,soon,\n"
    table = f"contact_id,known_since,updated_at\n{rows}"
    types: dict[str, str | None] = {**ATTRIBUTES, "known_since": "datetime"}
    log = replace(read(EVENTS, contacts={"p.csv": table}, attributes=types), timezone="Europe/Paris")
    ten, midnight = 1_740_823_200_000_000, 1_740_870_000_000_000
    assert midnight > ten
    assert [(each.contact_id, each.known_since) for each in log.stream()] == [("a", ten), ("b", None), ("c", None)]
    single_table = read(EVENTS, contacts={"p.csv": "contact_id,known_since\na,2025-03-02\n"}, attributes=types)
    assert [log.known_since for log in replace(single_table, timezone="Europe/Paris").stream()] == [midnight, None]


DATED = "contact_id,updated_at,email,optin\nb,1970-01-02,a@x,true\n"


def test_a_cell_that_gives_no_boolean_takes_the_old_consent_away(read: Read) -> None:
    texts = ["", '""', "NULL", "  ", "unsubscribed", "-1", "[]", "{}", "2"]
    cells = {f"optin{n}": text for n, text in enumerate(texts)}
    rows = [("b", "1970-01-02", "a@x", *("true" for _ in cells)), ("b", "1970-01-03", "b@x", *cells.values())]
    table = "\n".join(",".join(row) for row in [("contact_id", "updated_at", "email", *cells), *rows]) + "\n"
    types: dict[str, str | None] = {"email": "string", **dict.fromkeys(cells, "boolean")}
    log = read(EVENTS, contacts={"p.csv": table}, attributes=types)
    (contact,) = log.stream()
    assert contact.changes == [
        (DAY, {"email": "a@x", **dict.fromkeys(cells, True)}), (2 * DAY, {"email": "b@x", **dict.fromkeys(cells)}),
    ]  # fmt: skip
    assert log.report.contacts_table is not None
    assert [
        (misfit.property, misfit.declared, misfit.count, misfit.example) for misfit in log.report.contacts_table.misfits
    ] == [(name, "boolean", 1, text) for name, text in cells.items() if text.strip(' "') not in ("", "NULL")]


def test_an_emptied_cell_of_any_type_is_a_missing_value(read: Read) -> None:
    log = read(EVENTS, contacts={"p.csv": f"{DATED}b,1970-01-03,,\n"}, attributes=ATTRIBUTES)
    (contact,) = log.stream()
    assert contact.changes[1] == (2 * DAY, {"email": None, "optin": None})


def test_a_null_in_a_json_table_is_a_missing_value_and_an_absent_key_changes_nothing(read: Read) -> None:
    rows = [
        {"contact_id": "b", "updated_at": "1970-01-02", "email": "a@x", "optin": True, "score": 1},
        {"contact_id": "b", "updated_at": "1970-01-03", "email": None, "properties": {"optin": None}},
        {"contact_id": "b", "updated_at": "1970-01-04", "optin": "off"},
        {"contact_id": "b", "updated_at": "1970-01-05", "optin": ""},
    ]
    table = "".join(json.dumps(row) + "\n" for row in rows)
    (contact,) = read(EVENTS, contacts={"p.jsonl": table}, attributes=ATTRIBUTES).stream()
    assert [values for _, values in contact.changes] == [
        {"email": "a@x", "optin": True, "score": 1},
        {"email": None, "optin": None},
        {"optin": False},
        {"optin": None},
    ]


def test_an_empty_cell_of_a_parquet_table_is_a_missing_value(read: Read, tmp_path: Path) -> None:
    parquet = tmp_path / "p.parquet"
    rows = "('b', '1970-01-02', true, MAP {'score': '1'}), ('b', '1970-01-03', NULL, MAP {'other': '1'})"
    table = f"SELECT * FROM (VALUES {rows}) t(contact_id, updated_at, optin, properties)"
    duckdb.execute(f"COPY ({table}) TO '{parquet}' (FORMAT parquet)")
    (contact,) = read(EVENTS, contacts={"p.parquet": parquet.read_bytes()}, attributes=ATTRIBUTES).stream()
    assert [values for _, values in contact.changes] == [{"optin": True, "score": 1}, {"optin": None}]


def test_a_column_that_one_of_two_files_lacks_changes_nothing(read: Read) -> None:
    tables = {"1.csv": DATED, "2.csv": "contact_id,updated_at,score\nb,1970-01-03,5\n"}
    (contact,) = read(EVENTS, contacts=tables, attributes=ATTRIBUTES).stream()
    assert contact.changes[1] == (2 * DAY, {"score": 5})


SHARED = (
    "contact_id,updated_at,email,optin\n"
    "a,1970-01-02,Ana@x.com,true\nb,1970-01-02,ana@X.com,true\nb,1970-01-03,ana@x.com,off\n"
    "c,1970-01-02,c@x.com,true\nd,1970-01-02,c@x.com,true\ne,1970-01-02,,true\nf,1970-01-02,,false\n"
)


def test_an_address_with_and_without_consent_is_warned_of_with_the_count(read: Read) -> None:
    log = read(EVENTS, contacts={"p.csv": SHARED}, attributes=ATTRIBUTES, reaches=(("email", "optin"),))
    (note,) = (note for note in log.report.notes if "contact.email" in note)
    assert note == (
        "contact.email: 1 address belongs to several contacts (2), some with consent and some without (contact.optin):"
        " a person who opted out as one contact still receives messages as another"
    )


def test_an_inspection_warns_of_it_too(tmp_path: Path) -> None:
    paths = [write(tmp_path, "e.csv", EVENTS), write(tmp_path, "p.csv", SHARED.replace("optin", "email_optin"))]
    export = inspect(ExportOptions((paths[0],), (paths[1],)), tmp_path / "work")
    assert [note for note in export.notes if note.startswith("contact.email: 1 address belongs")]
