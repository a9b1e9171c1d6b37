"""A timestamp is read by its form, value by value."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.events.staging import stage
from scenario_cli.events.zones import zone
from scenario_cli.model.export import ExportOptions, ReadReport
from tests.events.exports import Read
from tests.reference.settings import scaled

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = datetime(2024, 2, 29, 12, 30, 15, tzinfo=UTC)


def instants(texts: list[str], timezone: str) -> tuple[dict[int, datetime], ReadReport]:
    """The instant read from each text, by its place in the list."""
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "events.csv"
        lines = [f'{number},e,"{text}"' for number, text in enumerate(texts)]
        export.write_text("\n".join(["contact_id,event,timestamp", *lines]) + "\n")
        log = stage(ExportOptions((str(export),), timezone=timezone), {"e": {}}, {}, Path(folder) / "work")
        by_place = {int(each.contact_id): EPOCH + timedelta(microseconds=each.events[0].at) for each in log.stream()}
        return by_place, log.report


READ = [
    ("2024-02-29T12:30:15Z", NOON),
    ("2024-02-29 12:30:15 UTC", NOON),
    ("2024-02-29 12:30:15 GMT", NOON),
    ("2024-02-29t12:30:15z", NOON),
    ("2024-02-29T12:30:15.000Z", NOON),
    ("2024-02-29T12:30:15,5Z", NOON.replace(microsecond=500_000)),
    ("2024-02-29T12:30:15.123456789Z", NOON.replace(microsecond=123_456)),
    ("2024-02-29T14:30:15+02:00", NOON),
    ("2024-02-29 14:30:15+0200", NOON),
    ("2024-02-29 14:30:15+02", NOON),
    ("2024-02-29 14:30:15 +0200 UTC", NOON),
    ("2024-02-29T09:00:15-03:30", NOON),
    ("2024-02-29T12:30Z", NOON.replace(second=0)),
    ("2024-02-29T12:30:15", NOON),
    ("  2024-02-29 12:30:15 ", NOON),
    ("2024/02/29 12:30:15", NOON),
    ("2024-02-29", NOON.replace(hour=0, minute=0, second=0)),
    ("20240229", NOON.replace(hour=0, minute=0, second=0)),
    ("20240229123015", NOON),
    ("1709209815", NOON),
    ("1709209815.25", NOON.replace(microsecond=250_000)),
    ("1.709209815e9", NOON),
    ("1709209815000", NOON),
    ("1709209815000000", NOON),
    ("1709209815000000000", NOON),
    ("2024022912", NOON.replace(minute=0, second=0)),
    ("202402291230", NOON.replace(second=0)),
    ("45351", NOON.replace(hour=0, minute=0, second=0)),
    ("45351.5210069444", NOON),
    ("20240229T123015Z", NOON),
    ("20240229T1430+0200", NOON.replace(second=0)),
    ("2024-02-29T13:30:15+01:00[Europe/Paris]", NOON),
    ("2024-02-29 13:30:15 CET", NOON),
    ("2024-02-29 07:30:15 EST", NOON),
    ("2024-02-29 12:30:15 PM", NOON),
    ("2024/2/29 12:30:15 p.m.", NOON),
    ("29.02.2024 12:30:15", NOON),
    ("29-02-2024 12:30", NOON.replace(second=0)),
    ("29/02/2024, 12:30:15", NOON),
    ("29-Feb-2024 12:30:15", NOON),
    ("29 février 2024", NOON.replace(hour=0, minute=0, second=0)),
    ("Feb 29, 2024", NOON.replace(hour=0, minute=0, second=0)),
    ("Feb 29 2024 12:30PM", NOON.replace(second=0)),
    ("Thu, 29 Feb 2024 13:30:15 +0100", NOON),
    ("Thu Feb 29 12:30:15 2024", NOON),
    ("Thu Feb 29 2024 13:30:15 GMT+0100 (Central European Standard Time)", NOON),
    ("-1", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
]


def test_common_forms_are_read() -> None:
    by_place, report = instants([text for text, _ in READ], "UTC")
    assert by_place == dict(enumerate(instant for _, instant in READ))
    assert report.unusable == ()


ZONED = [
    "2024-02-29T12:30:15Z", "2024-02-29T12:30:15.123Z", "2024-02-29 12:30:15Z", "2024-02-29t12:30z",
    "2024-02-29T12:30:15.123456789Z", "2024-02-29T14:30:15+02:00", "2024-02-29 09:00-03:30", " 2024-02-29T12:30:15.5Z ",
    "2024-13-01T12:30:15Z", "2024-02-29T25:00:00Z", "2023-02-29T12:30:15+01:00", "9999-12-31T00:00:00Z",
]  # fmt: skip
NUMBERS = [
    "20240229", "2024022912", "202402291230", "20240229123015", "20241301", "1709209815", "1709209815.25", "-1", "0",
    "1709209815000", "1709209815000000", "1709209815000000000", "45351", "45351.5210069444", "-45351", "2024", "0.0",
    "00", "-0.", "33000", "32999.5", "99999999999999999999", "1.",
]  # fmt: skip


@pytest.mark.parametrize("texts", [ZONED, NUMBERS], ids=["with a zone", "numbers"])
def test_timestamps_of_one_kind_are_read_as_among_others(texts: list[str]) -> None:
    """Fewer forms are tried if the first rows are all rows, and all of one kind."""
    by_itself, report = instants(texts, "Asia/Tokyo")
    among, whole = instants([*texts, "29.02.2024 12:30"], "Asia/Tokyo")
    assert among.pop(len(texts)) == NOON - timedelta(hours=9, seconds=15)
    assert by_itself == among
    assert len(by_itself) >= 6
    assert [(reject.reason, reject.count) for reject in report.unusable] == [
        (reject.reason, reject.count) for reject in whole.unusable
    ]


UNREADABLE = [
    "yesterday", "2024-13-01", "2023-02-29", "29/13/2024", "30.02.2024", "2024-02", "2024", "infinity", "epoch", "now",
    "2024-02-29 13:30:15 AM", "2024-02-29 12:30:15 IST", "2024-02-29 12:30:15 Europe/Paris", "20241301", "1e30",
    "9999-12-31", "0001-01-01", "2024-02-29T25:00:00Z", "0", "0.0", "2024-02-29T12:30:15[Asia/Tokyo]", "29/02/24",
    "29 Foo 2024", "30-Feb-2024",
]  # fmt: skip


def test_unreadable_timestamps_are_unusable_and_not_guessed() -> None:
    good = "2024-02-29"
    by_place, report = instants([good, *UNREADABLE, "2024"], "UTC")
    # 2024 is a number: seconds since 1970.
    assert [number for number in by_place if 0 < number <= len(UNREADABLE) and UNREADABLE[number - 1] != "2024"] == []
    (unreadable,) = report.unusable
    assert unreadable.reason == "unreadable timestamp"
    assert unreadable.count == len(UNREADABLE) - 1


def test_a_skipped_local_time_moves_on_by_the_gap_and_an_ambiguous_one_is_the_first() -> None:
    texts = ["2025-03-30 02:30", "2025-03-30 03:00", "2025-10-26 02:30", "2025-10-26 03:00", "2025-10-26T02:30Z"]
    by_place, _ = instants(texts, "Europe/Paris")
    assert [f"{by_place[number]:%m-%d %H:%M}" for number in range(5)] == [
        "03-30 01:30",
        "03-30 01:00",
        "10-26 00:30",
        "10-26 02:00",
        "10-26 02:30",
    ]


ZONES = [
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Pacific/Apia",
]


@settings(max_examples=scaled(4), deadline=None)
@given(
    st.sampled_from(ZONES),
    st.lists(st.datetimes(datetime(1930, 1, 1), datetime(2099, 12, 30)), min_size=50, max_size=200),
)
def test_local_times_are_read_as_python_reads_them(name: str, readings: list[datetime]) -> None:
    at = zone(name)
    by_place, _ = instants([reading.isoformat() for reading in readings], name)
    assert by_place == dict(enumerate(reading.replace(tzinfo=at).astimezone(UTC) for reading in readings))


@pytest.mark.parametrize(
    "value", ['"2024-02-29T12:30:15Z"', "1709209815", "1709209815.0", "1709209815000", '"1709209815"']
)
def test_json_numbers_and_texts_are_read_alike(read: Read, value: str) -> None:
    log = read({"a.jsonl": f'{{"contact_id": 1, "event": "e", "timestamp": {value}}}\n'}, {"e": {}})
    assert log.report.first == 1_709_209_815_000_000


def test_the_span_is_of_the_whole_log_also_of_unwanted_events(read: Read) -> None:
    report = read("contact_id,event,timestamp\na,x,1970-01-02\na,order_completed,1970-01-03\na,y,1970-01-04\n").report
    assert (report.first, report.last) == (86_400_000_000, 3 * 86_400_000_000)


SWAPPABLE = "date with unclear order of day and month: choose with --date-format day-first or month-first"


def days(read: Read, files: dict[str, str], **options: object) -> tuple[list[str], ReadReport]:
    """The days of the events, `?` for a row that could not be used, file by file."""
    log = read(
        {name: "contact_id,event,timestamp\n" + "".join(f"a,e,{text}\n" for text in texts.split())
         for name, texts in files.items()}, {"e": {}}, **options,
    )  # fmt: skip
    times = [EPOCH + timedelta(microseconds=event.at) for contact in log.stream() for event in contact.events]
    return [f"{at:%m-%d}" for at in times], log.report


def test_one_value_settles_the_order_of_day_and_month_for_the_file(read: Read) -> None:
    dates, report = days(read, {"a.csv": "03/04/2025 14/03/2025"})
    assert dates == ["03-14", "04-03"]
    assert [note for note in report.notes if "day-first" in note and "'14/03/2025'" in note]
    assert days(read, {"a.csv": "03/04/2025 3/14/2025"})[0] == ["03-04", "03-14"]


def test_where_nothing_settles_it_the_reason_names_the_option(read: Read) -> None:
    dates, report = days(read, {"a.csv": "03/04/2025 05/05/2025"})
    assert dates == ["05-05"]
    assert [(reject.reason, reject.count) for reject in report.unusable] == [(SWAPPABLE, 1)]
    assert [note for note in report.notes if "--date-format timestamp=day-first" in note]


def test_dates_of_both_orders_in_one_file_settle_nothing(read: Read) -> None:
    dates, report = days(read, {"a.csv": "03/04/2025 14/03/2025 3/15/2025"})
    assert dates == ["03-14", "03-15"]
    assert [reject.reason for reject in report.unusable] == [SWAPPABLE]


def test_another_file_of_the_export_settles_it(read: Read) -> None:
    dates, _ = days(read, {"a.csv": "03/04/2025", "b.csv": "14/03/2025"})
    assert dates == ["03-14", "04-03"]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [({"": "day-first"}, "04-03"), ({"timestamp": "month-first"}, "03-04"), ({"timestamp": "%d/%m/%Y"}, "04-03")],
)
def test_a_stated_format_has_precedence(read: Read, stated: dict[str, str], expected: str) -> None:
    assert days(read, {"a.csv": "03/04/2025"}, date_formats=stated)[0] == [expected]


def test_a_pattern_reads_what_nothing_else_does(read: Read) -> None:
    assert days(read, {"a.csv": "03/04/25 2025-01-02"}, date_formats={"": "%d/%m/%y"})[0] == ["01-02", "04-03"]


ZONED = ["2024-02-29T12:30:15Z", "2024-02-29 12:30:15.5+02:00", "2024-03-31T02:30-03:30", "2024-02-29T25:00Z"]
PLAIN = ["2024-03-31T02:30:00", "2024-10-27 02:30", "2024-02-31", "20240229", "1709209815.25", "45351.5", "-1"]


def test_a_date_is_read_alike_whether_or_not_the_file_has_other_forms() -> None:
    among, _ = instants([*ZONED, *PLAIN, "29 Feb 2024"], "Europe/Paris")
    by_itself = instants(ZONED, "Europe/Paris")[0]
    plain = {len(ZONED) + number: reading for number, reading in instants(PLAIN, "Europe/Paris")[0].items()}
    assert among == {**by_itself, **plain, len(ZONED) + len(PLAIN): datetime(2024, 2, 28, 23, tzinfo=UTC)}
    assert len(by_itself) == 3


@pytest.mark.parametrize("dates", [[*ZONED, f"{ZONED[0]} ", f" {ZONED[1]}"], ["1709209815", "45351.5", " -1"], PLAIN])
@pytest.mark.parametrize("declared", ["date", "datetime"])
def test_a_date_in_an_object_or_beside_it_is_read_alike_whatever_forms_others_have(
    read: Read, dates: list[str], declared: str
) -> None:
    def values(dates: list[str]) -> list[object]:
        places = [({"properties": {"day": date}}, {"day": date})[number % 2] for number, date in enumerate(dates)]
        row = {"contact_id": "a", "event": "e", "timestamp": "2025-01-01T00:00:00Z"}
        log = read({"a.jsonl": "".join(f"{json.dumps(row | place)}\n" for place in places)}, {"e": {"day": declared}})
        return [event.properties.get("day") for contact in log.stream() for event in contact.events]

    by_itself = values(dates)
    assert values([*dates, "29 Feb 2024", "1 Mar 2024"]) == [*by_itself, "2024-02-29", "2024-03-01"]
    assert {*by_itself} > {None}


def test_a_clock_reading_of_a_far_year_is_unreadable_and_stops_nothing(read: Read, tmp_path: Path) -> None:
    times = "(VALUES (TIMESTAMP '2025-07-01 12:00:00'), (TIMESTAMP '290000-01-01'), (TIMESTAMP '-100000-01-01'))"
    path = tmp_path / "far.parquet"
    duckdb.execute(
        f"COPY (SELECT 'a' AS contact_id, 'e' AS event, t AS timestamp FROM {times} AS times(t)) TO '{path}'"
    )
    log = read({"far.parquet": path.read_bytes()}, {"e": {}}, timezone="Europe/Paris")
    assert [event.at for contact in log.stream() for event in contact.events] == [1_751_364_000_000_000]
    assert [(group.reason, group.count) for group in log.report.unusable] == [("unreadable timestamp", 2)]
