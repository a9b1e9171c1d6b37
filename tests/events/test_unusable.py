"""Unusable rows never stop the reading, and each lost row is counted."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions, ReadReport, Sample
from tests.events.exports import Read
from tests.reference.settings import scaled

HEAD = "contact_id,event,timestamp,note\n"
NOTES: dict[str, dict[str, str | None]] = {"e": {"note": "string"}}


def counted(report: ReadReport) -> dict[str, int]:
    return {each.reason: each.count for each in report.unusable}


def places(report: ReadReport, reason: str) -> list[tuple[int | None, str]]:
    (reject,) = [each for each in report.unusable if each.reason == reason]
    return [(sample.line, sample.excerpt) for sample in reject.samples]


def test_each_reason_is_counted_with_samples(read: Read) -> None:
    rows = (
        "a,e,2024-01-01,ok\n,e,2024-01-01,x\n \t,e,2024-01-01,x\na,,2024-01-01,x\na,e,,x\na,e,soon,x\n"
        "a,message.sent,2024-01-01,x\na,profile.updated,2024-01-01,x\na,other,2024-01-01,x\n"
    )
    report = read(HEAD + rows, NOTES).report
    assert counted(report) == {
        "event name that the executor reserves": 2,
        "no contact id": 2,
        "no event name": 1,
        "no timestamp": 1,
        "unreadable timestamp": 1,
    }
    assert (report.rows, report.used, report.unwanted) == (9, 1, (("other", 1),))
    assert places(report, "no contact id") == [(3, ",e,2024-01-01,x"), (4, ",e,2024-01-01,x")]
    assert places(report, "unreadable timestamp") == [(7, "a,e,soon,x")]


def test_samples_are_the_first_five_and_short(read: Read) -> None:
    rows = "".join(f"a,e,bad{number},{'x' * 300}\n" for number in range(9))
    (unusable,) = read(HEAD + rows, NOTES).report.unusable
    assert unusable.count == 9
    assert [sample.line for sample in unusable.samples] == [2, 3, 4, 5, 6]
    assert all(len(sample.excerpt) <= 120 for sample in unusable.samples)


def test_broken_csv_lines_cost_only_themselves(read: Read) -> None:
    rows = (
        'a,e,2024-01-01,"two\nlines"\n'
        "b,e,2024-01-01\n"
        'c,e,2024-01-01,"never closed\n'
        'd,e,2024-01-01,"a ""quoted"" word"\n'
        "f,e,2024-01-01,x,y\n"
        'g,e,2024-01-01,27" screen\n'
        "h,e,2024-01-01,trailing,,\n"
        "i,e,2024-0"
    )
    log = read(HEAD + rows, NOTES)
    assert [(each.contact_id, each.events[0].properties["note"]) for each in log.stream()] == [
        ("a", "two\nlines"),
        ("d", 'a "quoted" word'),
        ("g", '27" screen'),
        ("h", "trailing"),
    ]
    assert places(log.report, "broken line") == [
        (4, "b,e,2024-01-01"),
        (5, 'c,e,2024-01-01,"never closed'),
        (7, "f,e,2024-01-01,x,y"),
        (10, "i,e,2024-0"),
    ]
    assert log.report.rows == 8


def test_lines_are_counted_through_quoted_line_breaks_and_blank_lines(read: Read) -> None:
    rows = 'a,e,2024-01-01,"1\n2\n\n3"\n\nb,e,bad,x\n'
    assert places(read(HEAD + rows, NOTES).report, "unreadable timestamp") == [(7, "b,e,bad,x")]


def test_broken_json_lines_cost_only_themselves(read: Read) -> None:
    good = '{"contact_id": "a", "event": "e", "timestamp": 1}'
    lines = [good, "", "5", "[1]", '"x"', "terminated early", good + ",", good + good, good, '{"contact_id": "a", "ev']
    log = read({"a.jsonl": "\n".join(lines)}, NOTES)
    assert log.report.used == 2
    assert counted(log.report) == {"broken line": 7}
    assert [line for line, _ in places(log.report, "broken line")] == [3, 4, 5, 6, 7]


def test_a_json_array_that_breaks_off_gives_what_it_has(read: Read) -> None:
    text = '[\n {"contact_id": "a", "event": "e", "timestamp": 1},\n {"contact_id": "b", "ev'
    report = read({"a.json": text}, NOTES).report
    assert (report.rows, report.used) == (2, 1)
    assert places(report, "broken line") == [(3, '{"contact_id": "b", "ev')]
    assert report.notes[0].endswith("a.json is incomplete at line 3: the JSON ends early, and the rest is lost")


def test_files_of_nothing_but_broken_lines_do_not_stop_the_reading(read: Read) -> None:
    files = {"1.jsonl": "x\ny\n", "2.jsonl": '{"contact_id": "a", "event": "e", "timestamp": 1}\n'}
    report = read(files, NOTES).report
    assert (report.rows, report.used) == (3, 1)
    assert counted(report) == {"broken line": 2}


def test_samples_name_the_file(read: Read, tmp_path: Path) -> None:
    report = read({"1.csv": HEAD + "a,e,1,x\n", "2.csv": HEAD + "a,e,1,x\na,e,bad,x\n"}, NOTES).report
    (unusable,) = report.unusable
    assert unusable.samples == (Sample(str(tmp_path / "export0" / "2.csv"), 3, "a,e,bad,x"),)


def test_absent_events_are_named_with_near_names(read: Read) -> None:
    report = read(HEAD + "a,Order Completed,1,x\na,view,1,x\n", {"order_completed": {}, "view": {}}).report
    assert [(each.name, each.near) for each in report.absent] == [("order_completed", ("Order Completed",))]


def test_unwanted_names_beyond_fifty_are_summed(read: Read) -> None:
    rows = "".join(f"a,n{number % 60:02},1,x\n" for number in range(90))
    report = read(HEAD + rows, NOTES).report
    assert len(report.unwanted) == 50
    assert report.unwanted[0] == ("n00", 2)
    assert report.unwanted_rest == 10


UNCLOSED = 'x,e,1,"open'
BAD_CSV = [
    "x,e", "x,e,1,n,more", UNCLOSED, 'x,e,1,"clo"sed', ",e,1,n", "  ,e,1,n", "x,,1,n", "x,e,,n", "x,e,soon,n",
    "x,journey.ended,1,n",
]  # fmt: skip
BAD_JSON = [
    "{", "5", "null", "[]", '{"event": "e", "timestamp": 1}', '{"contact_id": " ", "event": "e", "timestamp": 1}',
    '{"contact_id": "x", "timestamp": 1}', '{"contact_id": "x", "event": "e", "timestamp": "soon"}',
    '{"contact_id": "x", "event": "e", "timestamp": {"a": 1}}', '{"contact_id": "x", "event": "e", "tim',
    '{"contact_id": "x", "event": "message.sent", "timestamp": 1}',
]  # fmt: skip
BLANKS = " \t\n\v\f\r\u00a0\ufeff"  # blanks at the ends of a text do not belong to it
# Notes as people write them, except notes whose quotes make a correct record of an unclosed note before them.
TEXTS = st.text(st.sampled_from("ab ,;\t\né€'{}[]"), max_size=12).filter(lambda text: not text.startswith("\n"))


def report_of(name: str, text: str) -> tuple[ReadReport, dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / name
        export.write_text(text, newline="")
        log = stage(ExportOptions((str(export),)), NOTES, {}, Path(folder) / "work")
        return log.report, {each.contact_id: each.events[0].properties.get("note") for each in log.stream()}


def csv_line(values: tuple[str, ...], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(values)
    return out.getvalue()


@settings(max_examples=scaled(6), deadline=None)
@given(st.lists(st.one_of(st.sampled_from(BAD_CSV), st.tuples(TEXTS)), max_size=25), st.sampled_from(["\n", "\r\n"]))
def test_exactly_the_bad_csv_lines_are_found(rows: list[str | tuple[str]], end: str) -> None:
    text, good = HEAD.replace("\n", end), {}
    for number, row in enumerate(rows):
        if isinstance(row, str):
            text += row + end
        else:
            # A quote after an unclosed one makes a correct record of both lines, and no reader can see the difference.
            assume('"' not in csv_line(row, end) or not number or rows[number - 1] != UNCLOSED)
            good[f"good{number}"] = row[0].strip(BLANKS) or None
            text += csv_line((f"good{number}", "e", "1", row[0]), end)
    report, notes = report_of("a.csv", text)
    assert notes == good
    assert sum(counted(report).values()) == len(rows) - len(good)
    assert report.rows == len(rows)


@settings(max_examples=scaled(6), deadline=None)
@given(st.lists(st.one_of(st.sampled_from(BAD_JSON), st.tuples(TEXTS)), max_size=25))
def test_exactly_the_bad_json_lines_are_found(rows: list[str | tuple[str]]) -> None:
    # The first row is correct, so that the kind of file is clear.
    rows = [("first",), *rows]
    text, good = "", {}
    for number, row in enumerate(rows):
        if isinstance(row, str):
            text += row + "\n"
        else:
            good[f"good{number}"] = row[0].strip(BLANKS)
            text += json.dumps({"contact_id": f"good{number}", "event": "e", "timestamp": 1, "note": row[0]}) + "\n"
    report, notes = report_of("a.jsonl", text)
    assert notes == good
    assert sum(counted(report).values()) == len(rows) - len(good)
    assert report.rows == len(rows)


@pytest.mark.parametrize("bad", BAD_CSV)
def test_every_kind_of_bad_line_is_found_between_quoted_ones(read: Read, bad: str) -> None:
    good = 'a,e,1,"x, ""y""\nz"\n'
    report = read(f"{HEAD}{good}{bad}\n{good}", NOTES).report
    assert (report.used, sum(counted(report).values())) == (2, 1)
