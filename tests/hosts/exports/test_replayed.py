"""Small projects over exports of other tools: `--map` names the columns, and no code is needed.

The figures for the real exports were counted independently, in plain Python over the raw files. Without those files
these tests are skipped, and small files of the same shape replace them.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run

HERE = Path(__file__).parent
REAL = HERE.parents[3] / "shared" / "data"


def replayed(name: str, events: Path, capsys: pytest.CaptureFixture[str], plan: Path | None = None) -> dict[str, Any]:
    capsys.readouterr()
    rows = ["--plan", str(plan)] if plan else []
    code = run(["dry-run", "--project", str(HERE / name), "--events", str(events), "--format", "json", "-q", *rows])
    output = capsys.readouterr()
    assert code == 0, output.err
    document: dict[str, Any] = json.loads(output.out)
    return document


def figures(document: dict[str, Any]) -> dict[str, Any]:
    (scenario,) = document["scenarios"]
    return {
        "rows": document["log"]["rows"],
        "unusable": {reject["reason"]: reject["count"] for reject in document["log"]["unusable"]},
        "entered": scenario["entered"],
        "outcomes": scenario["outcomes"],
        "running": scenario["running"],
        "sent": sum(scenario["sent"].values()),
    }


real = pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not beside the checkout")


@real
@pytest.mark.parametrize(
    ("name", "events", "expected"),
    [
        ("rees46", "rees46/2019-Oct-sample.csv",
         {"rows": 1_000, "unusable": {}, "entered": 3, "outcomes": {"bought": 2}, "running": 1, "sent": 1}),
        ("taobao", "taobao/UserBehavior_20k.csv.gz",
         {"rows": 20_000, "unusable": {}, "entered": 1_099, "outcomes": {"bought": 2}, "running": 1_097, "sent": 264}),
        ("cdnow", "cdnow/cdnow.csv.gz",
         {"rows": 69_659, "unusable": {}, "entered": 34_955, "outcomes": {"lost": 25_397, "won_back": 4_683},
          "running": 4_875, "sent": 59_552}),
        ("sparkify", "sparkify",
         {"rows": 1_915, "unusable": {"no contact id": 54}, "entered": 34, "outcomes": {"paid": 1, "stays_free": 27},
          "running": 6, "sent": 3}),
    ],
)  # fmt: skip
def test_a_real_export_gives_what_was_counted_independently(
    name: str, events: str, expected: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert figures(replayed(name, REAL / events, capsys)) == expected


def test_a_clickstream_with_utc_in_its_timestamps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "clicks.csv"
    log.write_text(
        "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n"
        "2019-10-01 00:00:00 UTC,view,1,9,,,35.79,7,s1\n"
        "2019-10-01 00:01:00 UTC,cart,1,9,,,35.79,7,s1\n"
        "2019-10-01 00:02:00 UTC,cart,2,9,,,10.00,7,s1\n"
        "2019-10-01 00:03:00 UTC,cart,3,9,,,5.00,8,s2\n"
        "2019-10-01 00:04:00 UTC,purchase,3,9,,,5.00,8,s2\n"
        "2019-10-01 00:10:00 UTC,view,3,9,,,5.00,8,s2\n"
    )
    plan = tmp_path / "plan.jsonl"
    document = replayed("rees46", log, capsys, plan)
    assert figures(document) == {
        "rows": 6, "unusable": {}, "entered": 2, "outcomes": {"bought": 1}, "running": 1, "sent": 1,
    }  # fmt: skip
    (row,) = [json.loads(line) for line in plan.read_text().splitlines()]
    # The second product started the three minutes over.
    assert (row["contact_id"], row["send_at"]) == ("7", "2019-10-01T00:05:00.000000Z")
    assert row["body"] == "Product 2 for 10 is waiting."


def test_a_file_without_header_in_epoch_seconds_and_out_of_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "behaviour.csv.gz"
    start = 1_511_658_000
    rows = [
        (1, 100, "cart", start),
        (2, 100, "pv", start + 4_000),
        (2, 200, "buy", start + 600),
        (2, 200, "cart", start),
    ]
    with gzip.open(log, "wt") as out:
        out.writelines(f"{user},{item},5,{name},{at}\n" for user, item, name, at in rows)
    document = replayed("taobao", log, capsys)
    assert figures(document) == {
        "rows": 4, "unusable": {}, "entered": 2, "outcomes": {"bought": 1}, "running": 1, "sent": 1,
    }  # fmt: skip


def test_a_file_whose_every_row_is_an_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "orders.csv"
    log.write_text(
        "customer_id,date,n_cds,amount_usd\n1,19970101,1,11.77\n2,19970112,1,12.00\n2,19970112,5,77.00\n2,19970601,1,9.50\n"
        "1,19980101,1,1.00\n"
    )
    plan = tmp_path / "plan.jsonl"
    assert figures(replayed("cdnow", log, capsys, plan))["entered"] == 4
    rows = [json.loads(line) for line in plan.read_text().splitlines()]
    sent = [(row["contact_id"], row["state"], row["send_at_local"]) for row in rows if row["send_at"] < "1997-07"]
    # Ninety days on New York's calendar, at ten on its clock, before and after the change to summer time.
    assert sent == [
        ("1", "miss_you", "1997-04-01T10:00:00-05:00"),
        ("1", "last_word", "1997-05-01T10:00:00-04:00"),
        ("2", "miss_you", "1997-04-12T10:00:00-04:00"),
        ("2", "last_word", "1997-05-12T10:00:00-04:00"),
    ]
    assert "<p>Your last order was worth 77." in rows[2]["body"]


def test_a_folder_of_json_lines_with_visitors_who_have_no_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = 1_541_377_992_796

    def line(minute: int, user: str, page: str) -> str:
        row = {"userId": user, "page": page, "ts": start + minute * 60_000, "level": "free", "firstName": None}
        return json.dumps(row)

    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "day1.json").write_text(
        "\n".join([line(0, "8", "Home"), line(1, "", "Home"), *(line(minute, "8", "NextSong") for minute in (2, 3, 4))])
    )
    (folder / "day2.json").write_text("\n".join([line(1_440, "9", "Home"), line(1_500, "9", "Submit Upgrade")]))
    document = replayed("sparkify", folder, capsys)
    assert figures(document) == {
        "rows": 7, "unusable": {"no contact id": 1}, "entered": 2, "outcomes": {"paid": 1}, "running": 1, "sent": 1,
    }  # fmt: skip
