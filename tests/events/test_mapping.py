"""The meaning of columns: by the usual names, by mapping, by constants; and the message if one is missing."""

from __future__ import annotations

import json

import pytest

from scenario_cli.events.errors import ExportError
from tests.events.exports import Read

EVENT: dict[str, dict[str, str | None]] = {"bought": {"total": "number"}}


def test_columns_are_mapped_and_a_quoted_name_is_a_constant(read: Read) -> None:
    mapping = {"contact_id": "user", "event": "'bought'", "timestamp": "day", "total": "amount", "event_id": "no"}
    log = read("user,day,amount,no\n7,20240229,5.5,n1\n", EVENT, mapping=mapping)
    (contact,) = log.stream()
    (event,) = contact.events
    assert (contact.contact_id, event.name, event.at) == ("7", "bought", 1_709_164_800_000_000)
    assert (event.properties, event.event_id) == ({"total": 5.5}, "n1")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"user": {"id": 7}, "name": "bought", "at": {"ms": 1000}, "data": {"total": 5}}\n'),
        ("a.csv", 'user,name,at,data\n"{""id"": 7}",bought,"{""ms"": 1000}","{""total"": 5}"\n'),
    ],
)
def test_a_dotted_name_reaches_into_an_object(read: Read, name: str, content: str) -> None:
    mapping = {"contact_id": "user.id", "event": "name", "timestamp": "at.ms", "total": "data.total"}
    (contact,) = read({name: content}, EVENT, mapping=mapping).stream()
    assert (contact.contact_id, contact.events[0].at, contact.events[0].properties) == (
        "7",
        1_000_000_000,
        {"total": 5},
    )


def test_a_key_with_a_dot_in_its_name_is_found(read: Read) -> None:
    line = json.dumps({"user.id": 7, "event": "bought", "timestamp": 1, "cart.total": 5})
    mapping = {"contact_id": "user.id", "total": "cart.total"}
    (contact,) = read({"a.jsonl": line}, EVENT, mapping=mapping).stream()
    assert (contact.contact_id, contact.events[0].properties) == ("7", {"total": 5})


def test_a_key_that_only_late_objects_have_may_be_mapped(read: Read) -> None:
    plain = '{"contact_id": "a", "event": "bought", "timestamp": 1}\n'
    late = '{"contact_id": "a", "event": "bought", "timestamp": 2, "amount": 5}\n'
    log = read({"a.jsonl": plain * 1500 + late}, EVENT, mapping={"total": "amount"})
    (contact,) = log.stream()
    assert contact.events[-1].properties == {"total": 5}


def test_a_file_without_header_keeps_its_first_row(read: Read) -> None:
    mapping = {"contact_id": "column0", "event": "column1", "timestamp": "column2", "total": "column3"}
    log = read("1,bought,1511658000,5\n2,bought,1511658000,6\n", EVENT, mapping=mapping)
    assert [each.contact_id for each in log.stream()] == ["1", "2"]


def test_a_header_is_never_read_as_a_row_even_when_columns_are_given_by_number(read: Read) -> None:
    mapping = {"contact_id": "column0", "event": "column1", "timestamp": "column2"}
    log = read("user,name,time\n1,bought,1511658000\n", EVENT, mapping=mapping)
    assert (log.report.rows, log.report.used) == (1, 1)


def test_the_separator_is_the_one_that_brings_out_the_names(read: Read) -> None:
    log = read(
        "contact_id;event;timestamp;note,with,commas\na;bought;1;x,y,z\n", {"bought": {"note,with,commas": None}}
    )
    (contact,) = log.stream()
    assert contact.events[0].properties == {"note,with,commas": "x,y,z"}


@pytest.mark.parametrize(
    ("header", "options"),
    [
        ("user_id,event_type,event_time", "--map contact_id=user_id --map event=event_type --map timestamp=event_time"),
        ("distinct_id,name,ts", "--map contact_id=distinct_id --map event=name --map timestamp=ts"),
        ("Customer ID,Event Name,Date", "--map contact_id=Customer ID --map event=Event Name --map timestamp=Date"),
        ("customer_id,date,amount", "--map contact_id=customer_id --map event=COLUMN --map timestamp=date"),
        ("contact,evnt,when", "--map contact_id=contact --map event=evnt --map timestamp=COLUMN"),
    ],
)
def test_missing_columns_are_named_with_the_option_to_type(read: Read, header: str, options: str) -> None:
    with pytest.raises(ExportError) as error:
        read(f"{header}\na,b,c\n")
    assert error.value.message.endswith(
        "a.csv has no columns 'contact_id', 'event', 'timestamp'".replace("a.csv", "events.csv")
    )
    assert error.value.hint is not None
    assert f"its columns: {header.replace(',', ', ')}\nmap them: {options}" in error.value.hint


def test_missing_columns_inside_objects_are_guessed(read: Read) -> None:
    with pytest.raises(ExportError) as error:
        read({"a.jsonl": '{"event": "x", "properties": {"distinct_id": "a", "time": 1}}\n'}, source="generic")
    assert "--map contact_id=properties.distinct_id --map timestamp=properties.time" in str(error.value)


def test_columns_of_a_file_without_header_are_shown_with_the_first_row(read: Read) -> None:
    with pytest.raises(ExportError) as error:
        read("543462,1715,pv,1511658000\n")
    assert "it has no header line; its columns, with the first row: column0 (543462), column1 (1715)" in str(
        error.value
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "contact_id,event,timestamp,total\na,bought,1,5\n"),
        ("a.jsonl", '{"contact_id": "a", "event": "bought", "timestamp": 1, "total": 5}\n'),
    ],
)
def test_a_missing_mapped_column_is_an_error_with_a_similar_name(read: Read, name: str, content: str) -> None:
    with pytest.raises(ExportError) as error:
        read({name: content}, EVENT, mapping={"total": "totl"})
    assert error.value.message.endswith(f"{name} has no column 'totl' (for total)")
    assert error.value.hint == (
        "did you mean 'total'? its columns: 'contact_id', 'event', 'timestamp', 'total'\nmap it: --map total=total"
    )


def test_columns_mapped_for_another_export_are_mapped_in_one_step(read: Read) -> None:
    content = "contact_id,event,timestamp,total,coupon\na,bought,1,5,X\n"
    with pytest.raises(ExportError) as error:
        read({"a.csv": content}, EVENT, mapping={"contact_id": "user", "total": "amount"})
    assert error.value.hint is not None
    assert error.value.hint.endswith("\nmap them: --map contact_id=contact_id --map total=total")


def test_a_mapped_column_need_be_in_one_of_the_files_only(read: Read) -> None:
    files = {
        "1.csv": "contact_id,event,timestamp\na,bought,1\n",
        "2.csv": "contact_id,event,timestamp,amount\na,bought,2,5\n",
    }
    (contact,) = read(files, EVENT, mapping={"total": "amount"}).stream()
    assert [each.properties for each in contact.events] == [{}, {"total": 5}]
    with pytest.raises(ExportError, match="none of the 2 files has a column 'amont'"):
        read(files, EVENT, mapping={"total": "amont"})
