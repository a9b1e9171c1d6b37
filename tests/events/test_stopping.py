"""An error that stops the job names the file, the reason and the remedy."""

from __future__ import annotations

import gzip
import io
import pickle
import random
import zipfile
from pathlib import Path

import duckdb
import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions
from tests.events.exports import ORDER, Read

ROWS = "contact_id,event,timestamp\n" + "".join(f"user{n * 7919 % 1000},e,{n + 1}\n" for n in range(3000))
PACKED = gzip.compress(ROWS.encode())


def parquet(folder: Path, compression: str = "snappy") -> bytes:
    duckdb.execute(
        "COPY (SELECT range AS contact_id, 'e' AS event, range AS timestamp FROM range(10000))"
        f" TO '{folder}/p.parquet' (FORMAT parquet, COMPRESSION {compression})"
    )
    return (folder / "p.parquet").read_bytes()


def zstd(folder: Path) -> bytes:
    duckdb.execute(f"COPY (SELECT * FROM range(100000)) TO '{folder}/z' (FORMAT csv, COMPRESSION zstd)")
    return (folder / "z").read_bytes()


def zipped(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "<workbook/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv.gz", PACKED[: len(PACKED) // 2], "a.csv.gz is incomplete: the compressed file ends early"),
        (
            "a.jsonl.gz",
            gzip.compress(b'{"contact_id": "a"}\n')[:-4],
            "a.jsonl.gz is incomplete: the compressed file ends early",
        ),
        ("a.csv.gz", ROWS.encode(), "a.csv.gz is not a valid gzip file"),
        ("a.csv.gz", b"\x1f\x8b" + b"nonsense" * 9, "a.csv.gz is not a valid gzip file"),
        ("a.csv.gz", PACKED[:5], "a.csv.gz is incomplete: the compressed file ends early"),
        ("a.csv.zst", ROWS.encode(), "a.csv.zst is not a valid zstd file"),
        ("a.parquet", ROWS.encode(), "a.parquet is not a Parquet file, despite its name"),
        ("a.parquet", b"", "a.parquet is empty, despite its name"),
        ("a.csv", b"PK\x03\x04...", "a.csv is not a valid ZIP archive"),
        ("a.zip", b"contact_id,event", "a.zip is not a ZIP archive, despite its name"),
        ("a.csv", b"a\0\0\1b\0\2c", "a.csv is not text, despite its name"),
        ("a.bin", b"\0\1\2", "a.bin is not text, despite its name"),
        ("a.csv", random.Random(1).randbytes(3000), "a.csv is not text, despite its name"),
        ("a.csv", b'{"contact_id": "a"}\n', "a.csv is JSON, despite its name"),
        ("a.tsv", b'[\n{"contact_id": "a"}]\n', "a.tsv is JSON, despite its name"),
        ("a.csv", b'{\n  "contact_id": "a"\n}\n', "a.csv is JSON, despite its name"),
        ("a.csv", b'{"a":' * 3_000 + b"1" + b"}" * 3_000, "a.csv is JSON, despite its name"),
        ("a.jsonl", ROWS.encode(), "a.jsonl is CSV, despite its name"),
        ("a.json.gz", gzip.compress(ROWS.replace(",", ";").encode()), "a.json.gz is CSV, despite its name"),
        ("a.csv", b"<!DOCTYPE html>\n<html><p>Log in", "a.csv is a web page, despite its name"),
        ("a.json", b"<html><p>Log in", "a.json is a web page, despite its name"),
        ("a", b'<?xml version="1.0"?>', "a is XML, despite its name"),
        ("a.xlsx", zipped("xl/workbook.xml"), "a.xlsx is a spreadsheet, not an export"),
        ("a.ods", zipped("content.xml"), "a.ods is a spreadsheet, not an export"),
    ],
)
def test_files_that_are_not_what_they_claim(read: Read, name: str, content: bytes, message: str) -> None:
    with pytest.raises(ExportError) as error:
        read({name: content})
    assert error.value.message.endswith(message)
    assert error.value.hint


def test_every_file_with_a_fault_is_named(read: Read) -> None:
    more_files = {f"e{number:02}.csv": "x,y\n1,2\n" for number in range(12)}
    with pytest.raises(ExportError) as error:
        read({"a.csv": ROWS, "b.csv.gz": PACKED[:20], "c.parquet": b"", "d.csv": "x\1\2\3\4\5\6", **more_files})
    first, hint = error.value.message, error.value.hint or ""
    assert "b.csv.gz is incomplete" in first
    assert [
        word for word in ("14 more files have faults:", "c.parquet is empty", "d.csv is not text") if word not in hint
    ] == []
    assert "e07.csv has no columns" in hint
    assert hint.endswith("- and 4 more")


def test_cut_parquet_and_zstd_files(read: Read, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is not a complete Parquet file"):
        read({"a.parquet": parquet(tmp_path)[:-100]})
    with pytest.raises(ExportError, match="is a Parquet file, despite its name"):
        read({"a.csv": parquet(tmp_path)})
    with pytest.raises(ExportError, match=r"a\.csv\.zst is incomplete"):
        read({"a.csv.zst": zstd(tmp_path)[:-1000]})


def test_damaged_parquet_pages(read: Read, tmp_path: Path) -> None:
    content = bytearray(parquet(tmp_path))
    content[40:400] = b"\xff" * 360
    with pytest.raises(ExportError) as error:
        read({"a.parquet": bytes(content)}, {"e": {}})
    assert "a.parquet" in error.value.message
    assert "Error" not in error.value.message


def test_missing_files_are_named_with_similar_names(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(ROWS)

    def stop(path: str) -> ExportError:
        with pytest.raises(ExportError) as error:
            stage(ExportOptions((path,)), ORDER, {}, tmp_path / "work")
        return error.value

    misspelt = stop(f"{tmp_path}/evnts.csv")
    assert misspelt.message == f"file {tmp_path}/evnts.csv does not exist"
    assert misspelt.hint == f"did you mean {tmp_path}/events.csv?"
    assert stop(f"{tmp_path}/other.parquet").hint == f"{tmp_path} holds: events.csv"
    assert stop(f"{tmp_path}/nowhere/a.csv").hint == f"folder {tmp_path}/nowhere does not exist either"
    assert stop(f"{tmp_path}/*.parquet").message == f"no file matches {tmp_path}/*.parquet"
    (tmp_path / "empty").mkdir()
    assert stop(f"{tmp_path}/empty").message == f"the folder {tmp_path}/empty has no event export"


def test_an_unknown_time_zone(read: Read) -> None:
    with pytest.raises(ExportError) as error:
        read(ROWS, timezone="Europe/Pari")
    assert (error.value.message, error.value.hint) == (
        "unknown time zone 'Europe/Pari'",
        "did you mean 'Europe/Paris'?",
    )


def test_the_error_survives_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(ExportError("what", "how")))
    assert (error.message, error.hint, str(error)) == ("what", "how", "what\nhow")
