"""Every available real export is read with one command; the figures are compared with plain SQL.

The options are those of docs/exports.md. Without the exports the tests are skipped; tests/events/test_sources.py reads
small files of the same shapes.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from scenario_cli.cli.main import run
from tests.hosts.exports.test_replayed import REAL, real

CSV = "read_csv('{path}', all_varchar=true)"
BARE = "read_csv('{path}', all_varchar=true, header=false)"
JSON = "read_json_objects('{path}')"

# The file or folder, the options, and SQL over it: event name, contact, and reason for an unusable row.
EXPORTS: list[tuple[str, str, str]] = [
    (
        "rees46/2019-Oct-sample.csv",
        "--map contact_id=user_id,event=event_type,timestamp=event_time",
        f"SELECT event_type AS name, user_id AS contact, NULL AS reason FROM {CSV}",
    ),
    (
        "taobao/UserBehavior_20k.csv.gz",
        "--map contact_id=column0,event=column3,timestamp=column4",
        f"SELECT column3, column0, NULL FROM {BARE}",
    ),
    (
        "cdnow/cdnow.csv.gz",
        "--map \"contact_id=customer_id,event='order',timestamp=date\"",
        f"SELECT 'order', customer_id, NULL FROM {CSV}",
    ),
    (
        "sparkify",
        "--map contact_id=userId,event=page,timestamp=ts",
        "SELECT json->>'page', nullif(json->>'userId', ''), CASE WHEN json->>'userId' = '' THEN 'no contact id' END"
        " FROM read_json_objects('{path}/*.json')",
    ),
    (
        "formats/amplitude_fivetran/amplitude_event_data.csv",
        "",
        f"SELECT event_type, user_id, NULL FROM {CSV}",
    ),
    ("formats/mixpanel_fivetran/event.csv", "", f"SELECT name, distinct_id, NULL FROM {CSV}"),
    ("formats/klaviyo_fivetran/event.csv", "", f"SELECT type, person_id, NULL FROM {CSV}"),
    (
        "formats/ga4_velir/ga4_events_fixture.ndjson",
        "--map contact_id=session_key",
        f"SELECT json->>'event_name', json->>'session_key', NULL FROM {JSON}",
    ),
    (
        "formats/transcribed/amplitude_export_api.ndjson",
        "",
        f"SELECT json->>'event_type', json->>'user_id', NULL FROM {JSON}",
    ),
    (
        "formats/transcribed/mixpanel_raw_export.ndjson",
        "",
        f"SELECT json->>'event', json->>'$.properties.distinct_id', NULL FROM {JSON}",
    ),
    (
        # Its only row is a visitor's, with the zero UUID as ids, which means no contact.
        "formats/transcribed/posthog_event.json",
        "",
        "SELECT json->>'event', NULL, CASE WHEN json->>'$.properties.\"$is_identified\"' = 'false'"
        f" THEN 'no contact id' END FROM {JSON}",
    ),
]


def project_over(names: list[str], folder: Path) -> Path:
    """A project that uses every event."""
    plan = {"events": {name: {} for name in names}, "groups": {"anything": names}}
    (folder / "events.yaml").write_text(yaml.safe_dump(plan, allow_unicode=True))
    (folder / "project.yaml").write_text("project: every_export\ntimezone: UTC\n")
    (folder / "all.yaml").write_text(
        "scenario: all\nstatus: live\ntrigger: {event: anything}\ngoal: {event: anything, within: 1d}\n"
        "states:\n  seen: {end: done}\n"
    )
    return folder


def inspection(project: Path, export: Path, options: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    command = ["dry-run", "--project", str(project), "--events", str(export), *shlex.split(options)]
    code = run([*command, "--format", "json", "-q"])
    out = capsys.readouterr()
    assert code == 0, out.err
    log: dict[str, Any] = json.loads(out.out)["log"]
    return log


@real
@pytest.mark.parametrize(("export", "options", "query"), EXPORTS, ids=[export for export, _, _ in EXPORTS])
def test_an_export_gives_what_plain_sql_counts(
    export: str, options: str, query: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = REAL / export
    rows = duckdb.execute(query.replace("{path}", str(path))).fetchall()
    log = inspection(project_over(sorted({name for name, _, _ in rows}), tmp_path), path, options, capsys)
    usable = [row for row in rows if row[2] is None]
    assert log["rows"] == len(rows)
    assert log["used"] == len(usable)
    assert log["contacts"] == len({contact for _, contact, _ in usable})
    assert {name: count for name, count in log["events"].items() if count} == dict(Counter(row[0] for row in usable))
    assert {reject["reason"]: reject["count"] for reject in log["unusable"]} == dict(
        Counter(row[2] for row in rows if row[2])
    )


@real
def test_a_contacts_table_beside_the_events(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = REAL / "formats" / "klaviyo_fivetran"
    people = f"--contacts {folder / 'person.csv'} --contacts-map contact_id=id"
    log = inspection(project_over(["Received Email"], tmp_path), folder / "event.csv", people, capsys)
    ((count,),) = duckdb.execute(
        f"SELECT count(*) FROM read_csv('{folder / 'person.csv'}', all_varchar=true)"
    ).fetchall()
    assert (log["contacts_table"]["rows"], log["contacts_table"]["used"]) == (count, count)


@real
def test_every_folder_is_read() -> None:
    folders = {path.parent for path in REAL.rglob("*") if path.is_file() and path.name != "README.md"}
    tried = {(REAL / export).parent if (REAL / export).is_file() else REAL / export for export, _, _ in EXPORTS}
    assert folders == tried


@real
def test_the_page_lists_the_options() -> None:
    page = (Path(__file__).parents[3] / "docs" / "exports.md").read_text(encoding="utf-8")
    for _, options, _ in EXPORTS:
        assert options in page
