"""Several spellings of an id are one id: blanks, floats, upper case, two ids of one person. Other differences are
reported.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.events.inspect import inspect
from scenario_cli.events.nobody import PLACEHOLDER
from scenario_cli.model.export import ExportOptions
from tests.events.exports import Read, write

ROWS: list[dict[str, Any]] = [
    {"contact_id": " 17850.0 ", "event": "carted", "cart_id": "ab1 ", "size": "2.0", "basket": "7.0"},
    {"contact_id": 17850.0, "event": "bought", "cart_id": "ab1", "size": "2.0", "basket": 7.0},
    {"contact_id": "17850", "event": "bought", "cart_id": 536365.0, "size": "2.0", "basket": 7},
    {"contact_id": 17850, "event": "bought", "cart_id": "536365.0", "size": "2.0", "basket": "\t7\u00a0"},
]
TYPES = dict.fromkeys(("cart_id", "size", "basket"), "string")
WANTED = {"carted": TYPES, "bought": TYPES}
FILES = {
    "events.jsonl": "".join(json.dumps({**row, "timestamp": n + 1}) + "\n" for n, row in enumerate(ROWS)),
    "nested.jsonl": "".join(
        json.dumps({"contact_id": row["contact_id"], "event": row["event"], "timestamp": n + 1, "properties": row})
        + "\n"
        for n, row in enumerate(ROWS)
    ),
    "events.csv": "contact_id,event,timestamp,cart_id,size,basket\n"
    + "".join(
        f"{r['contact_id']},{r['event']},{n + 1},{r['cart_id']},{r['size']},{r['basket']}\n" for n, r in enumerate(ROWS)
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_contact_ids_and_keys_are_the_same_in_every_spelling(read: Read, name: str) -> None:
    log = read({name: FILES[name]}, WANTED, keys=("basket",))
    (contact,) = log.stream()
    assert contact.contact_id == "17850"
    assert [event.properties["cart_id"] for event in contact.events] == ["ab1", "ab1", "536365", "536365"]
    assert {event.properties["basket"] for event in contact.events} == {"7"}
    assert {event.properties["size"] for event in contact.events} == {"2.0"}, "a size is no id"


def test_floats_of_a_parquet_file_are_the_same_ids(read: Read, tmp_path: Path) -> None:
    file = tmp_path / "made.parquet"
    rows = "(17850.0::DOUBLE, 'bought', 1, 536365.0::DOUBLE, ' x '), (17850, 'bought', 2, 536365, 'x')"
    table = f"SELECT * FROM (VALUES {rows}) t(contact_id, event, timestamp, cart_id, size)"
    duckdb.execute(f"COPY ({table}) TO '{file}' (FORMAT parquet)")
    (contact,) = read({"e.parquet": file.read_bytes()}, WANTED).stream()
    assert contact.contact_id == "17850"
    assert [event.properties for event in contact.events] == [{"cart_id": "536365", "size": "x"}] * 2


def test_a_contacts_table_is_joined_whatever_the_spelling(read: Read) -> None:
    log = read(
        "contact_id,event,timestamp\n17850.0,bought,1\nAna.B@Example.com ,bought,2\n",
        WANTED,
        contacts={"people.csv": "contact_id,name\n 17850,A\n ana.b@example.COM,B\n"},
        attributes={"name": "string"},
    )
    assert [(c.contact_id, c.profile["name"], len(c.events)) for c in log.stream()] == [
        ("17850", "A", 1),
        ("ana.b@example.com", "B", 1),
    ]
    assert not [note for note in log.report.notes if "contacts table" in note]


def test_a_contact_who_is_asked_for_is_found_in_another_spelling(read: Read) -> None:
    export = "contact_id,event,timestamp\nAna@Example.com,bought,1\nbo,bought,2\n"
    assert [contact.contact_id for contact in read(export, WANTED, contact=" ana@EXAMPLE.com").stream()] == [
        "ana@example.com"
    ]


def test_a_table_of_other_ids_is_a_loud_note_with_two_ids_of_each_side(read: Read) -> None:
    export = "contact_id,event,timestamp\n" + "".join(f"{n},bought,1\n" for n in range(10, 13))
    log = read(export, WANTED, contacts={"p.csv": "contact_id,name\nC10,A\nC11,B\n"}, attributes={"name": "string"})
    (note,) = log.report.notes
    assert note.startswith(
        "none of the 3 contacts of the log is in the contacts table: the log has '10' and '11',"
        " the table has 'C10' and 'C11'"
    )


def test_a_table_of_some_of_the_contacts_is_not_remarked_upon(read: Read) -> None:
    export = "contact_id,event,timestamp\n" + "".join(f"{n},bought,1\n" for n in range(10, 20))
    log = read(export, WANTED, contacts={"p.csv": "contact_id,name\n10,A\n"}, attributes={"name": "string"})
    assert log.report.notes == ()


def test_a_guest_who_buys_again_with_an_account_is_one_contact(read: Read) -> None:
    def order(number: int, customer: int | None, email: str) -> dict[str, object]:
        by = {"customer": {"id": customer}} if customer else {}
        return {"id": number, "created_at": f"2025-03-0{number}T10:00:00Z", "financial_status": "paid",
                "line_items": [], "email": email, "test": False, **by}  # fmt: skip

    orders = [
        order(1, None, "Ana@x.com"),
        order(2, 77, "ana@x.com"),
        order(3, None, "ana@X.com "),
        order(4, None, "bo@x.com"),
    ]
    people = {"people.csv": "contact_id,name\nana@x.com,Ana\n"}
    log = read({"orders.json": json.dumps({"orders": orders})}, {"order_completed": {}}, contacts=people,
               attributes={"name": "string"})  # fmt: skip
    assert [(c.contact_id, len(c.events), c.profile) for c in log.stream()] == [
        ("77", 3, {"name": "Ana"}),
        ("bo@x.com", 1, {}),
    ]


def test_a_guest_of_woocommerce_too(read: Read) -> None:
    def order(number: int, customer: int) -> dict[str, object]:
        return {"id": number, "order_key": "k", "customer_id": customer, "billing": {"email": "ana@x.com"},
                "line_items": [], "status": "completed", "date_created_gmt": f"2025-03-0{number}T10:00:00"}  # fmt: skip

    log = read({"orders.json": json.dumps([order(1, 0), order(2, 9)])}, {"order_completed": {}})
    assert [(contact.contact_id, len(contact.events)) for contact in log.stream()] == [("9", 2)]


ZERO = "00000000-0000-0000-0000-000000000000"
NOBODY = ["NA", "N/A", "#N/A", "-", "unknown", "Guest", " guest ", ZERO, "#REF!", "anonymous"]


def test_words_for_nobody_are_not_contacts_unless_kept(read: Read) -> None:
    export = "contact_id,event,timestamp\na,bought,2\n" + "".join(f"{text},bought,1\n" for text in NOBODY)
    log = read(export, WANTED)
    assert [contact.contact_id for contact in log.stream()] == ["a"]
    assert [(reject.reason, reject.count) for reject in log.report.unusable] == [(PLACEHOLDER, len(NOBODY))]
    ids = [contact.contact_id for contact in read(export, WANTED, keep_ids=True).stream()]
    assert ids == sorted({"a", *(text.strip() for text in NOBODY)})


def test_one_contact_with_an_outsized_share_is_a_question(tmp_path: Path) -> None:
    rows = "".join(f"{'shop' if n % 2 else n},bought,{1_700_000_000 + n}\n" for n in range(400))
    path = write(tmp_path, "e.csv", f"contact_id,event,timestamp\n{rows}")
    notes = inspect(ExportOptions((path,)), tmp_path / "work").notes
    assert "contact 'shop' has 50% of the rows (200): is the id shared by several people?" in notes


def test_ids_that_a_spreadsheet_has_rounded_are_a_warning(read: Read, tmp_path: Path) -> None:
    export = "contact_id,event,timestamp\n1.23457E+11,bought,1\n1.23457E+11,bought,2\n12e+3x,bought,2\n"
    people = "contact_id\n1.23457E+11\n"
    expected = [
        f"{rows} a rounded contact id, such as '1.23457E+11', in {name}: several contacts can have the same; export "
        "ids as text, without a spreadsheet in between"
        for rows, name in (("2 rows have", "the log"), ("1 row has", "the contacts table"))
    ]
    notes = read(export, WANTED, contacts={"people.csv": people}).report.notes
    assert [note for note in notes if "rounded" in note] == expected
    paths = [write(tmp_path, name, text) for name, text in (("e.csv", export), ("people.csv", people))]
    notes = inspect(ExportOptions((paths[0],), contacts=(paths[1],)), tmp_path / "work").notes
    assert [note for note in notes if "rounded" in note] == expected
