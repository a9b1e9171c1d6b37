"""Damaged exports: exactly the damaged rows are lost, all of them are reported, and none causes an internal error."""

from __future__ import annotations

import gzip
import io
import json
import random
import shutil
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.events.errors import ExportError
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions, ReadReport
from tests.events.records import SHAPES, Shape, json_lines
from tests.reference.settings import scaled

SECOND = 1_740_000_000


def staged(path: Path, types_by_event: dict[str, dict[str, str | None]]) -> tuple[ReadReport, dict[str, int]]:
    """The report, and the number of events of each contact."""
    log = stage(ExportOptions((str(path),)), types_by_event, {}, path.parent / "work")
    return log.report, {each.contact_id: len(each.events) for each in log.stream()}


def add_up(report: ReadReport) -> bool:
    unwanted = sum(count for _, count in report.unwanted) + report.unwanted_rest
    return report.rows == report.used + unwanted + sum(reject.count for reject in report.unusable)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.make.__name__)
@settings(max_examples=scaled(2), deadline=None)
@given(data=st.data())
def test_exactly_the_rows_that_were_damaged_are_lost(
    shape: Shape, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    count = data.draw(st.integers(1, 20))
    good = [
        json.dumps(shape.make(f"zoé{number}", SECOND + number, number), ensure_ascii=False) for number in range(count)
    ]
    whole = json.dumps(shape.make("x", SECOND, 1))
    bad = {
        "no contact id": json.dumps(shape.make(None, SECOND, 1)),
        "no timestamp": json.dumps(shape.make("x", None, 1)),
        "cut": whole[: data.draw(st.integers(1, len(whole) - 1))],
        "terminated early": "terminated early",
        "two in one": whole + whole,
        "a list": "[1, 2]",
    }
    planted = data.draw(st.lists(st.sampled_from(sorted(bad)), max_size=12))
    # Sound rows in other encodings stay usable.
    encoded = [(line, data.draw(st.sampled_from(["utf-8", "latin-1"]))) for line in good]
    lines = [line.encode(encoding) for line, encoding in encoded] + [bad[kind].encode() for kind in planted]
    random.Random(count).shuffle(lines)
    # The first line is correct, so that the kind of file is clear.
    lines.insert(0, json.dumps(shape.make("first", SECOND, 0)).encode())
    content = b"\n".join(lines) + data.draw(st.sampled_from([b"", b"\n"]))
    compressed = data.draw(st.booleans())
    path = folder / ("a.jsonl.gz" if compressed else "a.jsonl")
    path.write_bytes(gzip.compress(content) if compressed else content)
    report, contacts = staged(path, {shape.event: {"total": "number"}})
    assert contacts == {"first": 1, **{f"zoé{number}": 1 for number in range(count)}}
    counts = {reject.reason: reject.count for reject in report.unusable}
    assert counts == {
        reason: number
        for reason, number in {
            "no contact id": planted.count("no contact id"),
            "no timestamp": planted.count("no timestamp"),
            "broken line": len([kind for kind in planted if kind not in ("no contact id", "no timestamp")]),
        }.items()
        if number
    }
    assert report.rows == len(lines) and add_up(report)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.make.__name__)
def test_a_lost_column_is_reported_and_no_row_vanishes(shape: Shape, tmp_path: Path) -> None:
    whole = [shape.make(contact, SECOND, 1) for contact in ("ana", "bob")]
    pending = []
    for number, lost in enumerate(whole[0]):
        path = tmp_path / f"{number:02}.jsonl"
        path.write_text(json_lines([{key: value for key, value in record.items() if key != lost} for record in whole]))
        pending.append(str(path))
    types_by_event: dict[str, dict[str, str | None]] = {shape.event: {"total": "number"}}
    # Opening all files is quick, and the first that cannot be read ends it.
    while True:
        try:
            report = stage(
                ExportOptions(tuple(pending), source=shape.source), types_by_event, {}, tmp_path / "work"
            ).report
            break
        except ExportError as error:
            (unreadable,) = [path for path in pending if path in error.message]
            assert error.hint and "has no" in error.message
            pending.remove(unreadable)
    assert report.rows == 2 * len(pending) and add_up(report)


def files() -> dict[str, bytes]:
    head = "contact_id,event,timestamp,note\n"
    text = head + "".join(f'c{number % 7},e,{SECOND + number},"a ""b"", c"\n' for number in range(60))
    lines = "".join(
        json.dumps({"contact_id": f"c{number % 7}", "event": "e", "timestamp": SECOND + number, "note": "é"}) + "\n"
        for number in range(60)
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as inside:
        inside.writestr("a.csv", text)
        inside.writestr("b.jsonl.gz", gzip.compress(lines.encode()))
    return {
        "a.csv": text.encode(), "a.jsonl": lines.encode(), "a.json": f"[{','.join(lines.split())}]".encode(),
        "a.csv.gz": gzip.compress(text.encode()), "a.zip": archive.getvalue(), "b.csv": text.encode("utf-16"),
    }  # fmt: skip


@cache
def sound() -> dict[str, bytes]:
    folder = Path(tempfile.mkdtemp(prefix="sound-"))
    contents = files()
    (folder / "a.csv").write_bytes(contents["a.csv"])
    for name, how in (("a.parquet", "FORMAT parquet"), ("a.csv.zst", "FORMAT csv, COMPRESSION zstd")):
        duckdb.execute(f"COPY (SELECT * FROM '{folder}/a.csv') TO '{folder}/{name}' ({how})")
        contents[name] = (folder / name).read_bytes()
    shutil.rmtree(folder)
    return contents


NAMES = ("a.csv", "a.jsonl", "a.json", "a.csv.gz", "a.zip", "b.csv", "a.parquet", "a.csv.zst")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=scaled(2), deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_read_or_reported(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(sound()[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        match data.draw(st.sampled_from(["cut", "flip", "insert", "drop"])):
            case "cut":
                del content[at:]
            case "flip":
                content[at : at + 1] = bytes([data.draw(st.integers(0, 255))])
            case "insert":
                content[at:at] = data.draw(st.binary(max_size=9))
            case _:
                del content[at : at + data.draw(st.integers(1, 200))]
    path = tmp_path_factory.mktemp("bytes") / name
    path.write_bytes(bytes(content))
    try:
        report, _ = staged(path, {"e": {"note": "string"}})
    except ExportError as error:
        assert error.hint
    else:
        assert add_up(report)


def test_a_parquet_file_with_damaged_column_names_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    duckdb.execute(f"COPY (SELECT 'a' AS contact_id, 'e' AS event, 5 AS timestamp, 1 AS spoilt) TO '{path}'")
    path.write_bytes(path.read_bytes().replace(b"spoilt", b"sp\xff\xfelt"))
    with pytest.raises(ExportError, match="the names of its columns cannot be read"):
        staged(path, {"e": {}})
