"""Exports with extra content around them: wrapped JSON, lines before the header, a NUL byte, Avro."""

from __future__ import annotations

import io
import json

import pytest

from scenario_cli.events.errors import ExportError
from tests.events.exports import Read

ROWS = [{"contact_id": "a", "event": "e", "timestamp": n, "n": n} for n in (1, 2)]
WANTED: dict[str, dict[str, str | None]] = {"e": {"n": "integer"}}
CSV = "contact_id,event,timestamp,n\na,e,1,1\na,e,2,2\n"


def numbers(read: Read, name: str, content: str | bytes) -> list[object]:
    (contact,) = read({name: content}, WANTED).stream()
    return [event.properties["n"] for event in contact.events]


@pytest.mark.parametrize("key", ["items", "data", "results", "events", "whatever it's called", 'a"b', ""])
@pytest.mark.parametrize("indent", [None, 2])
def test_the_one_list_of_a_document_is_read_whatever_its_name(read: Read, key: str, indent: int | None) -> None:
    document = {"next": None, "total": 2, key: ROWS, "tags": ["x"]}
    assert numbers(read, "log.json", json.dumps(document, indent=indent)) == [1, 2]


@pytest.mark.parametrize(
    "before",
    ["sep=,\n", '"sep=,"\r\n', "Export of 14 March\n\n", "Shop\nfrom 2025-03-01\nto 2025-03-31\n", "\n\n"],
)
def test_lines_before_the_header_are_passed_over(read: Read, before: str) -> None:
    ending = "\r\n" if "\r" in before else "\n"
    assert numbers(read, "log.csv", (before + CSV.replace("\n", ending)).encode()) == [1, 2]


def test_a_line_that_cannot_be_used_has_its_number_in_the_file(read: Read) -> None:
    log = read({"log.csv": "sep=,\n" + CSV + "a,e,soon,3\n"}, WANTED)
    assert [(sample.line, sample.excerpt) for reject in log.report.unusable for sample in reject.samples] == [
        (5, "a,e,soon,3")
    ]


@pytest.mark.parametrize(("name", "text"), [("log.csv", CSV), ("log.jsonl", "\n".join(map(json.dumps, ROWS)))])
def test_a_nul_byte_is_passed_over(read: Read, name: str, text: str) -> None:
    assert numbers(read, name, text.replace("a", "\0a", 1)) == [1, 2]


def test_avro_is_read_with_its_extra_and_refused_with_a_hint_without(read: Read) -> None:
    try:
        import fastavro
    except ImportError:
        with pytest.raises(ExportError, match=r"pip install 'scenario-cli\[avro\]'"):
            read({"log.avro": b"Obj\x01rest"}, WANTED)
        return
    kinds = {"contact_id": "string", "event": "string", "timestamp": "long", "n": ["null", "int"]}
    fields = [{"name": name, "type": kind} for name, kind in kinds.items()]
    out = io.BytesIO()
    fastavro.writer(out, {"type": "record", "name": "row", "fields": fields}, ROWS)
    assert numbers(read, "log.avro", out.getvalue()) == [1, 2]
    with pytest.raises(ExportError, match="is not a valid Avro file"):
        read({"log.avro": b"Obj\x01rest"}, WANTED)
