"""A run's reading of files: each row once, for any names and any growth of files."""

from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.growing import TextFile, write_rows
from scenario_cli.events.staging import stage
from scenario_cli.hosts.store import log_files
from scenario_cli.hosts.store.inputs import new_inputs, refuse_changed_since, same_inputs
from tests.hosts.store.drops import HEADER, Drop, line, read_ids, row


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


UTF16 = b"\xff\xfe"

# The name of a file, its content at the first run, the added content, the rows that the two runs read.
GROWTH: dict[str, tuple[str, str | bytes, str | bytes, list[str], list[str]]] = {
    "CSV": ("a.csv", HEADER + row(1), row(2) + row(3), ["1"], ["2", "3"]),
    "TSV": (
        "a.tsv",
        (HEADER + row(1)).replace(",", ";"),
        row(2).replace(",", ";"),
        ["1"],
        ["2"],
    ),
    "JSON lines": ("a.jsonl", line(1), line(2), ["1"], ["2"]),
    "JSON lines, called .json": ("a.json", line(1) + line(2), line(3), ["1", "2"], ["3"]),
    "a title before the header": ("a.csv", "sep=,\n" + HEADER + row(1), row(2), ["1"], ["2"]),
    "CRLF": ("a.csv", (HEADER + row(1)).replace("\n", "\r\n"), row(2).replace("\n", "\r\n"), ["1"], ["2"]),
    "cut between CR and LF": ("a.csv", (HEADER + row(1)).replace("\n", "\r\n")[:-1], "\n" + row(2), ["1"], ["2"]),
    "CR alone": ("a.csv", (HEADER + row(1)).replace("\n", "\r"), row(2).replace("\n", "\r"), ["1"], ["2"]),
    "UTF-8 with a mark": ("a.csv", b"\xef\xbb\xbf" + (HEADER + row(1)).encode(), row(2), ["1"], ["2"]),
    "UTF-16": ("a.csv", UTF16 + utf16(HEADER + row(1)), utf16(row(2)), ["1"], ["2"]),
    "UTF-16 big-endian": (
        "a.csv", b"\xfe\xff" + (HEADER + row(1)).encode("utf-16-be"), row(2).encode("utf-16-be"), ["1"], ["2"],
    ),
    "UTF-16, cut in a character": (
        "a.jsonl", UTF16 + utf16(line(1)) + utf16(line(2))[:9], utf16(line(2))[9:], ["1"], ["2"],
    ),
    "a CSV without a last line end": ("a.csv", HEADER + row(1)[:-1], "\n" + row(2), ["1"], ["2"]),
    "JSON lines without a last line end": ("a.jsonl", line(1)[:-1], "\r\n" + line(2), ["1"], ["2"]),
    "half a JSON line": ("a.jsonl", line(1) + line(2)[:20], line(2)[20:] + line(3), ["1"], ["2", "3"]),
    "half a CSV row": ("a.csv", HEADER + row(1) + "2,ana", ",buy,2025-03-01T10:00:00Z\n", ["1"], ["2"]),
    "cut in a quoted line break": (
        "a.csv", HEADER + row(1) + '2,"an\n', 'a",buy,2025-03-01T10:00:00Z\n' + row(3), ["1"], ["2", "3"],
    ),
    "a quote that opens nothing": (
        "a.csv", HEADER + '1,"an"a,buy,2025-03-01T10:00:00Z\n' + row(2), row(3), ["1", "2"], ["3"],
    ),
    "a header alone": ("a.csv", HEADER, row(1), [], ["1"]),
    "half a header": ("a.csv", HEADER[:12], HEADER[12:] + row(1), [], ["1"]),
    "nothing": ("a.csv", "", HEADER + row(1), [], ["1"]),
    "half a line alone": ("a.jsonl", "{", line(1)[1:], [], ["1"]),
    "an array that is being written": ("a.json", '[{"event_id": "1"},\n', '{"event_id": "2"}]', [], ["1", "2"]),
    "gzip, one more part": (
        "a.jsonl.gz", gzip.compress(line(1).encode()), gzip.compress(line(2).encode()), ["1"], ["2"],
    ),
    "nothing but a line end": ("a.jsonl", line(1)[:-1], "\n", ["1"], []),
}  # fmt: skip


@pytest.mark.parametrize("case", GROWTH)
def test_a_file_that_has_grown_is_read_from_where_it_ended(drop: Drop, case: str) -> None:
    name, first, added, rows, more_rows = GROWTH[case]
    drop.write(name, first)
    assert drop.run() == rows
    assert drop.look()[0].options is None
    drop.append(name, added)
    assert drop.run() == more_rows
    assert drop.look()[0].options is None
    assert drop.look()[0].readings == ()


def test_new_rows_can_be_staged(drop: Drop) -> None:
    path = drop.write("a.csv", HEADER + row(1))
    drop.run()
    drop.append("a.csv", row(2).replace("ana", "ben"))
    inputs, _ = drop.look()
    assert inputs.options is not None
    log = stage(inputs.options, {"buy": {}}, {}, drop.workspace())
    assert [each.contact_id for each in log.stream()] == ["ben"]
    assert log.report.files == (str(path),)


def test_the_name_of_a_file_may_be_the_event(drop: Drop) -> None:
    text = "contact_id,timestamp\nana,2025-03-01T10:00:00Z\n"
    drop.write("buy.csv", text)
    mapping = {"event": "@filename"}
    drop.run(mapping=mapping)
    drop.append("buy.csv", "ben,2025-03-01T10:00:00Z\n")
    inputs, _ = drop.look(mapping=mapping)
    assert inputs.options is not None
    log = stage(inputs.options, {"buy": {}}, {}, drop.workspace())
    assert [(each.contact_id, [event.name for event in each.events]) for each in log.stream()] == [("ben", ["buy"])]


def test_a_renamed_file_is_not_read_again(drop: Drop) -> None:
    path = drop.write("a.jsonl", line(1))
    assert drop.run() == ["1"]
    path.rename(path.with_name("b.jsonl"))
    assert drop.notes() == ["b.jsonl was read before, under another name"]
    assert drop.notes() == []
    drop.append("b.jsonl", line(2))
    assert drop.run() == ["2"]


def test_a_file_that_was_renamed_and_has_grown_is_read_from_where_it_ended(drop: Drop) -> None:
    path = drop.write("a.csv", HEADER + row(1))
    drop.run()
    path.rename(path.with_name("b.csv"))
    drop.append("b.csv", row(2))
    assert drop.run() == ["2"]


def test_the_old_name_of_a_file_is_free_again(drop: Drop) -> None:
    path = drop.write("now.jsonl", line(1))
    drop.run()
    path.rename(path.with_name("then.jsonl"))
    drop.append("then.jsonl", line(2))
    drop.write("now.jsonl", line(3))
    assert drop.run() == ["3", "2"]
    drop.append("now.jsonl", line(4))
    assert drop.run() == ["4"]
    path.rename(path.with_name("between.jsonl"))
    assert drop.run() == []
    drop.write("now.jsonl", line(5))
    assert drop.run() == ["5"]


def test_a_copy_is_read_once_and_noted(drop: Drop) -> None:
    drop.write("a.jsonl", line(1))
    drop.write("b.jsonl", line(1))
    assert drop.run() == ["1"]
    drop.write("c.jsonl", line(1))
    drop.write("d.jsonl", line(2))
    drop.write("e.jsonl", line(2))
    assert drop.notes() == [
        "c.jsonl was read before, under another name",
        "e.jsonl is identical to d.jsonl and was read once",
    ]


def test_a_file_that_begins_like_another_is_read_from_there(drop: Drop) -> None:
    drop.write("a.jsonl", line(1) + line(2))
    drop.write("b.jsonl", line(1))
    drop.write("c.csv", HEADER)
    drop.write("d.csv", HEADER + row(3))
    assert sorted(drop.run()) == ["1", "2", "3"]


def test_a_file_that_was_packed_is_not_read_again(drop: Drop) -> None:
    path = drop.write("a.jsonl", line(1))
    drop.run()
    drop.write("a.jsonl.gz", gzip.compress((line(1) + line(2)).encode()))
    path.unlink()
    assert drop.run() == ["2"]
    drop.write("b.jsonl", line(1) + line(2) + line(3))
    assert drop.run() == ["3"]


def test_files_that_are_known_are_not_opened(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        drop.write(f"{number:02}.jsonl", line(number))
    drop.write("packed.jsonl.gz", gzip.compress(line("packed").encode()))
    drop.write("half.jsonl", line("half") + "{")
    assert len(drop.run()) == 42
    monkeypatch.setattr(log_files, "_look", lambda *_: pytest.fail("a file was opened"))
    assert drop.look()[0] == new_inputs(drop.options(), drop.readings, drop.workspace())
    assert drop.look()[0].options is None


def test_a_touched_file_is_looked_at_once_more(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop.write("a.jsonl", line(1))
    drop.run()
    os.utime(path, ns=(1, 1))
    assert drop.notes() == []
    monkeypatch.setattr(log_files, "_look", lambda *_: pytest.fail("a file was opened"))
    assert drop.run() == []


CHANGES: dict[str, tuple[str, str | bytes, str | bytes, str]] = {
    "shorter": ("a.jsonl", line(1) + line(2), line(1), "bytes were read before"),
    "other at the beginning": ("a.jsonl", line(1), line(2) + line(3), "which were read before, have changed"),
    "goes back to what was read earlier": ("a.jsonl", line(1), line(1)[:30], "bytes were read before"),
    "an array": ("a.json", f"[{line(1)}]", f"[{line(1)},{line(2)}]", "only files of lines can grow"),
    "gzip": (
        "a.jsonl.gz", gzip.compress(line(1).encode()), gzip.compress(line(2).encode()),
        "unpacked bytes, which were read before, have",
    ),
    "the last line goes on": ("a.csv", HEADER + row(1)[:-1], HEADER + row(1)[:-1] + "0\n", "in the middle of the last"),
    "the last object goes on": (
        "a.jsonl", line(0) + line(1)[:-1], line(0) + line(1)[:-1] + line(2), "in the middle of the last line",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_file_that_has_changed_is_an_error(drop: Drop, case: str) -> None:
    name, before, after, reason = CHANGES[case]
    path = drop.write(name, before)
    drop.readings += [reading.input for reading in drop.look()[0].readings]
    drop.write(name, after)
    with pytest.raises(ExportError) as error:
        drop.look()
    assert error.value.message.startswith(str(path))
    assert reason in error.value.message
    assert "another name" in (error.value.hint or "")


@pytest.mark.parametrize("ending", ["parquet", "zip"])
def test_parquet_and_zip_are_known_as_a_whole(drop: Drop, ending: str) -> None:
    def write(name: str, value: int) -> None:
        path = drop.folder / "drop" / name
        if ending == "zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("a.jsonl", line(value))
        else:
            duckdb.execute(f"COPY (SELECT {value} AS event_id) TO '{path}' (FORMAT parquet)")

    write(f"a.{ending}", 1)
    inputs, _ = drop.look()
    assert inputs.options is not None
    assert inputs.options.events == (str(drop.folder / "drop" / f"a.{ending}"),)
    drop.readings += [reading.input for reading in inputs.readings]
    assert drop.look()[0].options is None
    (drop.folder / "drop" / f"a.{ending}").rename(drop.folder / "drop" / f"b.{ending}")
    assert drop.notes() == [f"b.{ending} was read before, under another name"]
    write(f"b.{ending}", 2)
    with pytest.raises(ExportError, match="only files of lines can grow"):
        drop.look()


def test_rows_that_come_while_a_file_is_read_are_left_for_the_next_run(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.write("a.jsonl", line(1))

    def append_and_write(text: TextFile, begin: int, end: int, target: Path) -> None:
        drop.append("a.jsonl", line(2))
        write_rows(text, begin, end, target)

    monkeypatch.setattr(log_files, "write_rows", append_and_write)
    inputs, options = drop.look()
    monkeypatch.undo()
    drop.append("a.jsonl", line(3))
    assert read_ids(inputs.options) == ["1"]
    assert read_ids(same_inputs(options, inputs.readings, drop.workspace())) == ["1"]
    drop.readings += [reading.input for reading in inputs.readings]
    assert drop.run() == ["2", "3"]


def test_a_packed_file_may_not_change_while_it_is_read(drop: Drop) -> None:
    path = drop.write("a.jsonl.gz", gzip.compress(line(1).encode()))
    inputs, _ = drop.look()
    refuse_changed_since(inputs)
    path.write_bytes(gzip.compress(line(2).encode()) + b" ")
    with pytest.raises(ExportError, match="changed while it was read"):
        refuse_changed_since(inputs)


def test_an_empty_folder_is_allowed_once_something_was_read(drop: Drop) -> None:
    pattern = str(drop.folder / "drop" / "*.jsonl")
    for patterns in ((), (pattern,)):
        with pytest.raises(ExportError, match=r"has no event export|no file matches"):
            drop.look(*patterns)
    path = drop.write("a.jsonl", line(1))
    drop.run()
    path.unlink()
    assert drop.run() == []
    assert drop.run(pattern) == []
    for missing in (str(path), str(drop.folder / "dorp" / "*.jsonl")):
        with pytest.raises(ExportError, match=r"does not exist|no file matches"):
            drop.look(missing)
