"""ZIP archives are read like the folder in them, and cannot do harm."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from scenario_cli.events import archives, growth
from scenario_cli.events.errors import ExportError
from scenario_cli.events.inputs import find_files
from scenario_cli.model.export import ANYWHERE, Access
from tests.events.exports import Read

HEAD = "contact_id,event,timestamp\n"
PLAN: dict[str, dict[str, str | None]] = {"e": {}}


def packed(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return whole.getvalue()


def line(contact: str, second: int) -> bytes:
    return json.dumps({"contact_id": contact, "event": "e", "timestamp": second}).encode() + b"\n"


def test_an_archive_of_compressed_json_lines_is_read_by_name(read: Read, tmp_path: Path) -> None:
    members = {
        "123/123_2026-07-01_1#1.json.gz": gzip.compress(line("a", 1)),
        "123/123_2026-07-01_0#1.json.gz": gzip.compress(line("a", 1)[:-2] + b"\n" + line("b", 1)),
        "__MACOSX/._x.json": b"junk",
        "readme.pdf": b"%PDF",
    }
    report = read({"export.zip": packed(members)}, PLAN).report
    assert (report.rows, report.used, report.contacts) == (3, 2, 2)
    (broken,) = report.unusable
    assert broken.samples[0].file == str(tmp_path / "export0/export.zip/123/123_2026-07-01_0#1.json.gz")
    assert report.notes == (
        f"in {tmp_path}/export0/export.zip ignored, because their names are not exports: readme.pdf",
    )


def test_an_archive_of_one_file_needs_no_telling_name(read: Read) -> None:
    assert read({"x.zip": packed({"data": (HEAD + "a,e,1\n").encode()})}, PLAN).report.used == 1


def test_members_cannot_lead_out_of_the_workspace(read: Read, tmp_path: Path) -> None:
    row = (HEAD + "a,e,1\n").encode()
    report = read({"x.zip": packed({"../../evil.csv": row, f"{tmp_path}/evil.csv": row, "b.csv": row})}, PLAN).report
    assert report.rows == 2
    assert not list(tmp_path.rglob("evil.csv"))
    assert not list(tmp_path.glob("work*/unzipped-*"))


def damaged() -> bytes:
    whole = bytearray(packed({"a.csv": (HEAD + "a,e,1\n" * 1_000).encode()}))
    whole[45:60] = b"\xff" * 15
    return bytes(whole)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (packed({"a.csv": HEAD.encode() * 50})[:-40], "is not a valid ZIP archive"),
        (damaged(), "is not a valid ZIP archive"),
        (packed({}), "has no event export"),
        (packed({"a.pdf": b"x", "b.pdf": b"y"}), "has no event export"),
        (packed({"[Content_Types].xml": b"<x/>", "xl/a.xml": b""}), "is an Excel workbook, not an event export"),
        (packed({"inner.zip": packed({"a.csv": HEAD.encode()})}), "is an archive inside another file"),
    ],
)
def test_an_unreadable_archive_is_an_error_with_a_reason(read: Read, content: bytes, message: str) -> None:
    with pytest.raises(ExportError) as error:
        read({"x.zip": content}, PLAN)
    assert message in error.value.message
    assert error.value.hint


def test_an_archive_that_would_fill_the_disk_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "ALWAYS_ALLOWED", 1_000)
    with pytest.raises(ExportError, match="which exceeds the limit"):
        read({"x.zip": packed({"a.csv": HEAD.encode() + b"0" * 5_000_000})}, PLAN)


def test_links_in_an_archive_are_passed_over(read: Read) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("b.csv", HEAD + "a,e,1\n")
    report = read({"x.zip": whole.getvalue()}, PLAN).report
    assert (report.rows, report.used) == (1, 1)


@pytest.mark.parametrize("bound", ["_MOST_MEMBERS", "_MOST_DIRECTORY"])
def test_an_archive_of_too_many_files_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(archives, bound, 20)
    with pytest.raises(ExportError, match=r"has more than .* files"):
        read({"x.zip": packed({f"{number}.csv": HEAD.encode() for number in range(21)})}, PLAN)


def test_an_archive_in_an_archive_is_refused_whatever_it_is_called(read: Read) -> None:
    inner = packed({"a.csv": HEAD.encode()})
    for members in ({"inner.csv": inner, "b.csv": HEAD.encode()}, {"inner.csv.gz": gzip.compress(inner)}):
        with pytest.raises(ExportError, match="is an archive inside another file"):
            read({"x.zip": packed(members)}, PLAN)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zst", "x.zip"])
def test_a_compressed_file_of_a_project_that_would_fill_the_disk_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(growth, "ALWAYS_ALLOWED", 100_000)
    content = b"\n" * 1_000_000
    written = tmp_path / "written.csv.zst"
    duckdb.execute(f"COPY (SELECT 'aaaa' FROM range(200_000)) TO '{written}' (FORMAT csv, COMPRESSION zstd)")
    packings = {
        "a.csv.gz": gzip.compress(content),
        "a.csv.zst": written.read_bytes(),
        "x.zip": packed({"a.csv.gz": gzip.compress(content)}),
    }
    (tmp_path / name).write_bytes(packings[name])
    (tmp_path / "work").mkdir()
    with pytest.raises(ExportError, match="which exceeds the limit"):
        find_files([str(tmp_path / name)], tmp_path / "work", access=Access(str(tmp_path)))
    if name == "a.csv.gz":
        assert find_files([str(tmp_path / name)], tmp_path / "work", access=ANYWHERE)


def test_a_member_longer_than_its_stated_size_is_refused(read: Read) -> None:
    content = (HEAD + "a,e,1\n" * 1_000).encode()
    whole = packed({"a.csv": content}).replace(struct.pack("<L", len(content)), struct.pack("<L", 20))
    with pytest.raises(ExportError, match="is not a valid ZIP archive"):
        read({"x.zip": whole}, PLAN)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_with_a_damaged_byte_is_read_or_refused(method: int, tmp_path: Path) -> None:
    """The standard library's exception for a damaged byte depends on the method, and on the place of the damage."""
    whole = packed({"a.csv": (HEAD + "a,e,1\n").encode()}, method)
    path = tmp_path / "x.zip"
    messages = set()
    for at in range(len(whole)):
        for value in (0, 1, 255):
            damaged = bytearray(whole)
            damaged[at] = value
            path.write_bytes(damaged)
            try:
                archives.unpack(path, "x.zip", tmp_path, lambda name: True, [])
            except ExportError as error:
                assert error.hint
                messages.add(error.message)
            for folder in tmp_path.glob("unzipped-*"):
                shutil.rmtree(folder)
    assert "x.zip is not a valid ZIP archive" in messages
    assert any("uses a compression that cannot be read" in line for line in messages)
    assert "x.zip is protected with a password" in messages
