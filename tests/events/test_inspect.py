"""The content of an export, found without any knowledge of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_cli.events.discover import MOST_EVENTS
from scenario_cli.events.errors import ExportError
from scenario_cli.events.inspect import inspect
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.inspection import Inspection, PropertyFacts

HOUR = 3_600_000_000


@pytest.fixture
def look(tmp_path: Path) -> Any:
    def look(files: Mapping[str, str | bytes], contacts: str = "", **options: Any) -> Inspection:
        plan = {name: options.pop(name) for name in ("declared", "attributes") if name in options}
        paths = []
        for name, content in files.items():
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
            paths.append(str(tmp_path / name))
        people: tuple[str, ...] = ()
        if contacts:
            (tmp_path / "people.csv").write_text(contacts)
            people = (str(tmp_path / "people.csv"),)
        exports = ExportOptions(events=tuple(paths), contacts=people, **options)
        return inspect(exports, tmp_path / "work", **plan)

    return look


def prop(export: Inspection, event: str, name: str) -> PropertyFacts:
    facts = export.event(event)
    assert facts is not None
    property_ = facts.property(name)
    assert property_ is not None, [each.name for each in facts.properties]
    return property_


ROWS: list[dict[str, Any]] = [
    {"contact_id": "a", "event": "view", "timestamp": "2025-03-01T10:00:00Z", "properties": {"sku": "s1", "n": 1}},
    {"contact_id": "a", "event": "view", "timestamp": "2025-03-01T10:00:00Z", "properties": {"sku": "s1", "n": 1}},
    {"contact_id": "b", "event": "view", "timestamp": "2025-03-02 11:00", "properties": {"sku": "s2", "n": 2.5}},
    {"contact_id": "b", "event": "buy", "timestamp": 1741000000, "properties": {"items": [{"sku": "s2", "qty": 1}]}},
    {"contact_id": "", "event": "view", "timestamp": "2025-03-02", "properties": {}},
]
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS)


def test_events_properties_and_their_types_are_found(look: Any) -> None:
    export = look({"log.jsonl": JSONL})
    assert [(event.name, event.rows, event.contacts) for event in export.events] == [("view", 3, 2), ("buy", 1, 1)]
    assert export.rows == 5
    assert {reject.reason: reject.count for reject in export.unusable} == {"no contact id": 1}
    sku, n = prop(export, "view", "sku"), prop(export, "view", "n")
    assert (sku.filled, sku.kinds, sku.values) == (3, {"string": 3}, (("s1", 2), ("s2", 1)))
    assert (n.kinds, n.smallest, n.largest) == ({"integer": 2, "number": 1}, "1", "2.5")
    items = prop(export, "buy", "items")
    assert items.kinds == {"array": 1}
    assert items.nested is not None
    assert items.nested.fields == {"sku": {"string": 1}, "qty": {"integer": 1}}


def test_duplicates_the_clock_and_the_forms_of_timestamps_are_counted(look: Any) -> None:
    export = look({"log.jsonl": JSONL}, timezone="Europe/Paris")
    view = export.event("view")
    assert view is not None
    assert view.duplicates == 1
    assert export.forms == {"UTC": 2, "without a zone": 1, "since 1970": 1}
    assert view.days == (("2025-03-01", 2), ("2025-03-02", 1))
    assert export.hours[11] == 3  # 10:00 in London is 11:00 in Paris


def test_days_and_hours_are_those_of_the_zones_clock_over_a_clock_change(look: Any) -> None:
    # 30 March 2025: at 01:00 UTC Paris changes from +1 to +2; 26 October: at 01:00 UTC back to +1.
    instants = ["2025-03-29T23:30Z", "2025-03-30T00:59Z", "2025-03-30T01:00Z", "2025-10-26T00:59Z", "2025-10-26T01:00Z"]
    lines = "contact_id,event,timestamp\n" + "".join(f"a,e,{instant.replace('Z', ':00Z')}\n" for instant in instants)
    export = look({"log.csv": lines}, timezone="Europe/Paris")
    (event,) = export.events
    assert event.days == (("2025-03-30", 3), ("2025-10-26", 2))
    assert [hour for hour, count in enumerate(export.hours) for _ in range(count)] == [0, 1, 2, 2, 3]


def test_texts_of_csv_are_read_for_what_they_are(look: Any) -> None:
    lines = (
        "contact_id,event,timestamp,n,x,zip,flag,day,list,phone,empty\n"
        "a,e,2025-03-01,1,1.5,01200,true,2025-03-01,\"[1, 2]\",+33612345678,\n"
        "b,e,2025-03-01,2,2,75001,False,2025-03-02,[],+33612345679,\n"
    )  # fmt: skip
    export = look({"log.csv": lines})
    kinds = {each.name: dict(each.kinds) for each in export.events[0].properties}
    assert kinds == {
        "n": {"integer": 2},
        "x": {"integer": 1, "number": 1},
        "zip": {"string": 1, "integer": 1},
        "flag": {"boolean": 2},
        "day": {"date": 2},
        "list": {"array": 2},
        "phone": {"string": 2},
    }
    assert export.unfilled == ("empty",)
    assert not export.typed


def test_quoted_numbers_of_json_stay_texts(look: Any) -> None:
    export = look({"log.jsonl": JSONL.replace('"s1"', '"541312140"').replace('"s2"', '"3"')})
    assert prop(export, "view", "sku").kinds == {"string": 3}


def test_parquet_and_json_of_one_log_have_the_same_facts(look: Any, tmp_path: Path) -> None:
    from dataclasses import replace

    (tmp_path / "source.jsonl").write_text(JSONL)
    target = tmp_path / "made.parquet"
    with duckdb.connect() as con:
        con.execute(
            "COPY (SELECT contact_id, event, \"timestamp\"::VARCHAR AS \"timestamp\", properties FROM"
            f" read_json('{tmp_path / 'source.jsonl'}', columns={{contact_id: 'VARCHAR', event: 'VARCHAR',"
            " \"timestamp\": 'VARCHAR', properties: 'JSON'}))"
            f" TO '{target}' (FORMAT parquet)"
        )  # fmt: skip
    report = look({"log.jsonl": JSONL})
    other = look({"log.parquet": target.read_bytes()})
    assert [replace(event, properties=()) for event in report.events] == [
        replace(event, properties=()) for event in other.events
    ]
    assert report.events[0].properties == other.events[0].properties


def test_a_struct_of_parquet_gives_its_fields_as_properties(look: Any, tmp_path: Path) -> None:
    target = tmp_path / "made.parquet"
    with duckdb.connect() as con:
        con.execute(
            "COPY (SELECT 'a' AS contact_id, 'e' AS event, TIMESTAMP '2025-03-01' AS \"timestamp\","
            f" {{'total': 5.5, 'code': 'X'}} AS properties, 7 AS extra) TO '{target}' (FORMAT parquet)"
        )
    export = look({"log.parquet": target.read_bytes()})
    assert {each.name: dict(each.kinds) for each in export.events[0].properties} == {
        "code": {"string": 1}, "extra": {"integer": 1}, "total": {"number": 1},
    }  # fmt: skip


def test_a_property_that_only_late_rows_have_is_found(look: Any) -> None:
    row = {"contact_id": "a", "event": "e", "timestamp": "2025-03-01T10:00:00Z", "properties": {"x": 1}}
    late = {**row, "properties": {"x": 1, "rare": "here"}}
    export = look({"log.jsonl": "".join(json.dumps(row) + "\n" for row in [*[row] * 3_000, late])})
    rare = prop(export, "e", "rare")
    assert (rare.filled, rare.examples) == (1, ("here",))


def test_the_last_filled_row_shows_when_a_property_stopped(look: Any) -> None:
    rows = [{"contact_id": "a", "event": "e", "timestamp": day * 86_400, "old" if day < 30 else "new": day}
            for day in range(20_000, 20_040)]  # fmt: skip
    for number, row in enumerate(rows):
        row.pop("new", None)
        row["old" if number < 30 else "new"] = number
    export = look({"log.jsonl": "".join(json.dumps(row) + "\n" for row in rows)})
    old, new = prop(export, "e", "old"), prop(export, "e", "new")
    assert (old.filled, old.rows_since, new.rows_since) == (30, 10, 0)
    assert old.last is not None
    assert new.first == old.last + 24 * HOUR
    assert export.windows is not None
    assert (old.recent, new.recent, export.events[0].recent) == (0, 7, 7)
    assert export.events[0].before == 28


def test_declared_types_are_held_against_the_values(look: Any) -> None:
    export = look({"log.jsonl": JSONL}, declared={"view": {"n": "integer", "gone": "string"}, "absent": {}})
    n = prop(export, "view", "n")
    assert (n.filled, n.misfits, n.misfit) == (2, 1, "2.5")
    view = export.event("view")
    assert view is not None
    assert view.property("gone") is None
    assert export.event("absent") is None
    assert prop(export, "view", "sku").filled == 3


def test_the_contacts_table_is_looked_into_like_an_event(look: Any) -> None:
    export = look(
        {"log.jsonl": JSONL}, contacts="id,email,optin\na,ana@example.com,true\nb,,false\n",
        contacts_mapping={"contact_id": "id"},
    )  # fmt: skip
    table = export.contacts_table
    assert table is not None
    assert (table.rows, [(each.name, each.filled) for each in table.properties]) == (2, [("email", 1), ("optin", 2)])


def test_mapped_columns_go_by_their_new_names(look: Any) -> None:
    lines = "user,what,at,amount\na,buy,2025-03-01,5\n"
    mapping = {"contact_id": "user", "event": "what", "timestamp": "at", "total": "amount"}
    export = look({"log.csv": lines}, mapping=mapping)
    assert [each.name for each in export.events[0].properties] == ["total"]


def test_only_so_many_event_names_have_facts_and_others_a_count(look: Any) -> None:
    lines = "contact_id,event,timestamp\n" + "".join(f"a,page-{number},2025-03-01\n" for number in range(500))
    export = look({"log.csv": lines})
    assert len(export.events) == MOST_EVENTS
    assert len(export.others) == 500 - MOST_EVENTS
    assert sum(event.rows for event in export.events) + sum(count for _, count in export.others) == 500


@pytest.mark.parametrize("content", ["", "contact_id,event,timestamp\n"])
def test_an_export_without_rows_is_not_an_error(content: str, look: Any) -> None:
    export = look({"log.csv": content})
    assert (export.rows, export.events, export.first) == (0, (), None)


def test_broken_rows_lose_nobody_else(look: Any) -> None:
    lines = 'contact_id,event,timestamp,x\na,e,2025-03-01,1\nb,e,2025-03-01,"2\nc,e,2025-03-01\n'
    export = look({"log.csv": lines})
    assert export.rows == 3
    assert export.used + sum(reject.count for reject in export.unusable) == 3
    assert prop(export, "e", "x").filled >= 1


def test_gzip_and_plain_files_have_the_same_facts(look: Any) -> None:
    plain, packed = look({"log.jsonl": JSONL}), look({"log.jsonl.gz": gzip.compress(JSONL.encode())})
    assert plain.events == packed.events


def test_a_missing_column_is_an_error_that_lists_the_columns(look: Any) -> None:
    with pytest.raises(ExportError, match="no columns 'contact_id', 'event'") as error:
        look({"log.csv": "user_id,timestamp\na,2025-03-01\n"})
    assert error.value.hint is not None
    assert "--map contact_id=user_id" in error.value.hint


def test_figures_agree_with_plain_sql(look: Any, tmp_path: Path) -> None:
    with duckdb.connect() as con:
        con.execute(
            "COPY (SELECT 'c' || (hash(i) % 500) AS contact_id, list_extract(['view', 'cart', 'buy'],"
            " 1 + CAST(hash(i + 1) % 3 AS INTEGER)) AS event,"
            ' make_timestamp(1740000000000000 + i * 60000000) AS "timestamp",'
            " CASE WHEN hash(i + 2) % 10 < 7 THEN 'k' || hash(i + 3) % 90 END AS code, hash(i + 4) % 1000 AS amount"
            f" FROM range(20000) numbers(i)) TO '{tmp_path / 'made.csv'}'"
        )
        expected = con.execute(
            "SELECT event, count(*), count(DISTINCT contact_id), count(code), count(DISTINCT code), min(amount),"
            f" max(amount) FROM read_csv('{tmp_path / 'made.csv'}') GROUP BY event ORDER BY 2 DESC, 1"
        ).fetchall()
    export = look({"log.csv": (tmp_path / "made.csv").read_bytes()})
    reported = []
    for event in export.events:
        code, amount = prop(export, event.name, "code"), prop(export, event.name, "amount")
        assert amount.smallest is not None
        assert amount.largest is not None
        bounds = int(amount.smallest), int(amount.largest)
        reported.append((event.name, event.rows, event.contacts, code.filled, code.distinct, *bounds))
    assert reported == expected
