"""Figures of the shipped log, compared with plain SQL over its files, which is independent of the package.

Entries into `promotion_affinity` and planned messages come from the rows of a dry run; all other figures are counted
again from the exports.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from scenario_cli.cli.main import run
from scenario_cli.shipped import shipped

PROMOTION = "promotion_affinity"
# One scenario of each program, so that all nine KPIs have figures.
SCENARIOS = (
    PROMOTION, "b2b_reactivation", "birthday", "cross_channel_follow_up", "cross_sell", "key_dates", "lead_scoring",
    "nearby", "welcome",
)  # fmt: skip
DAY = 86_400_000_000  # microseconds, like all instants here
VIEWS = """
CREATE VIEW log AS
  SELECT contact_id AS contact, event, epoch_us(CAST(timestamp AS TIMESTAMPTZ)) AS t, properties AS p
  FROM read_json([{files}], format = 'newline_delimited',
                 columns = {{contact_id: 'VARCHAR', event: 'VARCHAR', timestamp: 'VARCHAR', properties: 'JSON'}});
CREATE VIEW ends AS SELECT max(t) AS t FROM log;
CREATE VIEW people AS SELECT * FROM read_csv('{contacts}', header = true, all_varchar = true);
CREATE VIEW plan AS
  SELECT *, epoch_us(CAST(send_at AS TIMESTAMPTZ)) AS t, epoch_us(CAST(because[1]['at'] AS TIMESTAMPTZ)) AS entered
  FROM read_json('{plan}', format = 'newline_delimited',
                 columns = {{contact_id: 'VARCHAR', journey_id: 'VARCHAR', channel: 'VARCHAR', template: 'VARCHAR',
                             send_at: 'VARCHAR', status: 'VARCHAR', reason: 'VARCHAR',
                             because: 'STRUCT("at" VARCHAR)[]'}});
CREATE VIEW journeys AS
  SELECT contact_id AS contact, journey_id AS journey, min(entered) AS entered FROM plan GROUP BY ALL;
CREATE VIEW orders AS
  SELECT contact, t, CAST(p->>'total' AS DECIMAL(18, 2)) AS total FROM log WHERE event = 'order_completed';
CREATE VIEW conversions AS
  SELECT journey, j.contact, entered, min(o.t) AS t, arg_min(o.total, o.t) AS total
  FROM journeys j JOIN orders o ON o.contact = j.contact AND o.t > entered AND o.t <= entered + 21 * {day}
  GROUP BY ALL;
CREATE VIEW sent AS
  SELECT contact, t, p->>'message_id' AS id, p->>'template' AS template, p->>'channel' AS channel
  FROM log WHERE event = 'message_sent' AND p->>'template' LIKE 'promotion/%' AND p->>'template' <> 'promotion/trial';
CREATE VIEW reactions AS
  SELECT id, bool_or(event = 'email_opened') AS opened, bool_or(event = 'email_clicked') AS clicked
  FROM sent JOIN log ON sent.id = p->>'message_id' AND event IN ('email_opened', 'email_clicked') GROUP BY id;
"""


@dataclass(frozen=True, slots=True)
class Both:
    """The command's JSON, for messages in the log, by country and month, and a connection for queries."""

    report: dict[str, Any]
    con: duckdb.DuckDBPyConnection

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def promotion(self) -> dict[str, Any]:
        return next(each for each in self.report["scenarios"] if each["scenario"] == PROMOTION)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder, data = tmp_path_factory.mktemp("results"), Path(str(shipped("scenarios"))) / "data"
    files = [str(data / name) for name in ("events.jsonl.gz", "messages.jsonl.gz")]
    options = [*(part for file in files for part in ("--events", file)), "--contacts", str(data / "contacts.csv"), "-q"]
    options += ["--project", str(data.parent), "--only"]
    cut = ["--by", "contact.country", "--every", "month", "--output", str(folder / "results.json")]
    assert run(["results", *SCENARIOS, *options, *cut]) == 0
    plan = ["--plan", str(folder / "plan.jsonl"), "--output", str(folder / "summary.txt")]
    # Run the same scenarios as for the results, because caps and groups connect them.
    assert run(["dry-run", *SCENARIOS, *options, *plan]) == 0
    with duckdb.connect() as con:
        rows = [line for line in (folder / "plan.jsonl").read_text("utf-8").splitlines()
                if json.loads(line)["scenario"] == PROMOTION]  # fmt: skip
        (folder / "promotion.jsonl").write_text("\n".join(rows), encoding="utf-8")
        quoted = ", ".join(f"'{file}'" for file in files)
        views = VIEWS.format(day=DAY, files=quoted, contacts=data / "contacts.csv", plan=folder / "promotion.jsonl")
        con.execute(views)
        yield Both(json.loads((folder / "results.json").read_text(encoding="utf-8")), con)


def test_journeys_conversions_value_and_median(both: Both) -> None:
    reported = both.promotion()
    ((journeys, contacts),) = both.ask("SELECT count(*), count(DISTINCT contact) FROM journeys")
    ((converted, value, seconds),) = both.ask(
        "SELECT count(*), sum(total), median((t - entered) // 1000000) FROM conversions"
    )
    assert (reported["journeys"], reported["contacts"], reported["converted"]) == (journeys, contacts, converted)
    assert reported["value"] == pytest.approx(float(value))
    assert reported["median_seconds_to_conversion"] == seconds


def test_holdout_and_those_who_are_written_to(both: Both) -> None:
    rows = both.ask("""
        WITH first AS (
          SELECT contact_id AS contact, min(t) AS since, bool_or(reason = 'holdout') AS held_out
          FROM plan GROUP BY contact_id
        ), done AS (
          SELECT f.contact, held_out, count(c.journey) > 0 AS did, coalesce(sum(c.total), 0) AS total
          FROM first f LEFT JOIN conversions c ON c.contact = f.contact AND c.t >= since GROUP BY ALL
        )
        SELECT held_out IS true, count(*), count(*) FILTER (did), sum(total),
               count(*) FILTER (contact IN (SELECT contact FROM sent)) FROM done GROUP BY 1 ORDER BY 1
    """)
    (comparison,) = [each for each in both.report["comparisons"] if each["scenario"] == PROMOTION]
    reported = [
        (place == 1, each["contacts"], each["converted"], round(100 * each["value"]), each["written"])
        for place, each in enumerate(comparison["groups"])
    ]
    assert reported == [(held_out, contacts, did, round(100 * total), written)
                    for held_out, contacts, did, total, written in rows]  # fmt: skip


def test_messages_of_the_log_have_opens_clicks_and_credits(both: Both) -> None:
    rows = both.ask("""
        WITH credited AS (
          SELECT journey, arg_max(s.id, s.t) AS id, any_value(c.total) AS total
          FROM conversions c JOIN sent s ON s.contact = c.contact AND s.t >= c.entered AND s.t < c.t GROUP BY journey
        )
        SELECT template, channel, count(*), count(*) FILTER (opened), count(*) FILTER (clicked),
               count(*) FILTER (opened AND clicked), count(journey), coalesce(sum(total), 0)
        FROM sent LEFT JOIN reactions USING (id) LEFT JOIN credited USING (id) GROUP BY ALL ORDER BY template, channel
    """)
    keys = ("template", "channel", "sent", "opened", "clicked", "clicked_of_opened", "credited", "credited_value")
    reported = sorted(tuple(map(each.get, keys)) for each in both.promotion()["messages"])
    assert [row[:7] for row in reported] == [row[:7] for row in rows]
    assert [row[7] for row in reported] == pytest.approx([float(row[7]) for row in rows])


def test_joined_and_unjoined_records_are_counted(both: Both) -> None:
    joined = both.report["joined"]
    ((sent, of_others, trials),) = both.ask("""
        SELECT count(*), count(*) FILTER (p->>'template' NOT LIKE 'promotion/%'),
               count(*) FILTER (p->>'template' = 'promotion/trial') FROM log WHERE event = 'message_sent'
    """)
    assert of_others > 0  # messages of key_dates, which is shown too
    assert joined["sent"] == {"read": sent, "joined": sent - trials, "elsewhere": 0}
    unjoined = {each["name"]: each["count"] for each in joined["unjoined"] if each["kind"] == "sent"}
    assert unjoined == {"promotion/trial": trials}


def test_unsubscribes_count_for_the_last_message_in_the_seven_days_before(both: Both) -> None:
    ((unsubscribed,),) = both.ask(f"""
        SELECT count(*) FROM log u WHERE event = 'unsubscribed' AND EXISTS (
          SELECT 1 FROM log s WHERE s.event = 'message_sent' AND s.contact = u.contact
            AND s.p->>'template' <> 'promotion/trial' AND s.p->>'channel' = u.p->>'channel'
            AND s.t <= u.t AND s.t >= u.t - 7 * {DAY})
    """)
    assert both.report["joined"]["unsubscribed"]["joined"] == unsubscribed


def test_slices_by_country_at_entry_and_month(both: Both) -> None:
    rows = both.ask("""
        WITH known AS (
          SELECT contact_id AS contact, country, 0 AS since FROM people
          UNION ALL
          SELECT contact, p->>'country', t FROM log WHERE event = 'profile_updated' AND p->>'country' IS NOT NULL
        ), at_entry AS (
          SELECT journey, j.contact, entered, arg_max(country, since) AS country
          FROM journeys j LEFT JOIN known k ON k.contact = j.contact AND since <= entered GROUP BY ALL
        )
        SELECT country, strftime(make_timestamp(a.entered), '%Y-%m'), count(*), count(DISTINCT a.contact),
               count(c.journey)
        FROM at_entry a LEFT JOIN conversions c USING (journey) GROUP BY ALL
    """)
    reported = {
        (each["values"]["contact.country"], each["period"]["name"], each["journeys"], each["contacts"],
         each["converted"])
        for each in both.report["slices"] if each["scenario"] == PROMOTION
    }  # fmt: skip
    assert reported == set(rows)


@pytest.mark.parametrize(
    ("program", "of", "then", "days"),
    [
        ("acquisition", "newsletter_subscribed", "order_completed", 14),
        ("nurturing", "whitepaper_downloaded", "demo_booked", 30),
        ("conversion", "cart_updated", "order_completed", 7),
        ("loyalty", "order_completed", "order_completed", 182),
        ("pressure", "email_opened", "order_completed", 7),
        ("calendar", "email_clicked", "order_completed", 7),
        ("growth", "order_completed", "order_completed", 90),
    ],
)
def test_the_kpi_of_a_program(both: Both, program: str, of: str, then: str, days: int) -> None:
    other = "AND l.p->'items'->0->>'category' IS DISTINCT FROM category" if program == "growth" else ""
    rows = both.ask(f"""
        WITH began AS (
          SELECT contact, min(t) AS t, arg_min(p->'items'->0->>'category', t) AS category
          FROM log WHERE event = '{of}' GROUP BY contact
        ), judged AS (
          SELECT contact, b.t + {days * DAY} <= (SELECT t FROM ends) AS is_over,
                 EXISTS (SELECT 1 FROM log l WHERE l.contact = b.contact AND l.event = '{then}' AND l.t > b.t
                         AND l.t <= b.t + {days * DAY} {other}) AS did
          FROM began b
        )
        SELECT count(*) FILTER (is_over), count(*) FILTER (is_over AND did), count(*) FILTER (NOT is_over) FROM judged
    """)
    (kpi,) = [each for each in both.report["kpis"] if each["program"] == program]
    assert [(kpi["contacts"], kpi["converted"], kpi["too_recent"])] == rows


def test_the_kpi_that_begins_with_a_segment_of_loyal_customers(both: Both) -> None:
    """Only an order makes a contact loyal: three points of frequency and four of money, or the reverse."""
    rows = both.ask(f"""
        WITH scored AS (
          SELECT contact, t,
                 least(count(*) OVER year, 4) AS frequency,
                 CASE WHEN sum(trunc(total)) OVER year <= 75 THEN 1 WHEN sum(trunc(total)) OVER year <= 150 THEN 2
                      WHEN sum(trunc(total)) OVER year <= 300 THEN 3 ELSE 4 END AS money
          FROM orders
          WINDOW year AS (PARTITION BY contact ORDER BY t RANGE BETWEEN {365 * DAY - 1} PRECEDING AND CURRENT ROW)
        ), began AS (
          SELECT contact, min(t) AS t FROM scored WHERE frequency + money >= 7 GROUP BY contact
        ), judged AS (
          SELECT b.t + {90 * DAY} <= (SELECT t FROM ends) AS is_over,
                 EXISTS (SELECT 1 FROM orders o
                         WHERE o.contact = b.contact AND o.t > b.t AND o.t <= b.t + {90 * DAY}) AS did
          FROM began b
        )
        SELECT count(*) FILTER (is_over), count(*) FILTER (is_over AND did), count(*) FILTER (NOT is_over) FROM judged
    """)
    (kpi,) = [each for each in both.report["kpis"] if each["program"] == "segmentation"]
    assert [(kpi["contacts"], kpi["converted"], kpi["too_recent"])] == rows


def test_the_kpi_that_begins_with_a_segment_that_time_changes(both: Both) -> None:
    """A contact without an order for 182 days is inactive from the next six o'clock in Paris on."""
    paris, (until,) = ZoneInfo("Europe/Paris"), both.ask("SELECT t FROM ends")[0]
    counts: Counter[str] = Counter()
    for (orders,) in both.ask("SELECT list(t ORDER BY t) FROM orders GROUP BY contact"):
        for order, following in zip(orders, [*orders[1:], until + 1], strict=True):
            silent = order + 182 * DAY
            moment = datetime.fromtimestamp(silent / 1_000_000, paris)
            tick = moment.replace(hour=6, minute=0, second=0, microsecond=0, fold=0)
            tick = tick if tick > moment else tick + timedelta(days=1)
            began = round(tick.timestamp() * 1_000_000)
            if began < following:
                is_over = began + 90 * DAY <= until
                counts["over" if is_over else "open"] += 1
                counts["did"] += is_over and any(began < at <= began + 90 * DAY for at in orders)
                break
    (kpi,) = [each for each in both.report["kpis"] if each["program"] == "retention"]
    assert (kpi["contacts"], kpi["converted"], kpi["too_recent"]) == (counts["over"], counts["did"], counts["open"])
