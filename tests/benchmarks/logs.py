"""Large logs of a shop, made by the database: the same bytes for the same number of events.

Visits look as those of the shipped sample do: most only browse, a third fill a cart in several steps, and not
quite half of the carts are bought within the hour. About a fifth of the events concerns a scenario; one visit in
twenty is a burst, its events a second apart.

`python -m tests.benchmarks.logs EVENTS FOLDER [CONTACTS DAYS]` writes `events.parquet` and `contacts.parquet`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from tests.benchmarks.timing import number

EVENTS_A_CONTACT = 50
_EVENTS_A_VISIT = 6.3
_DAY = 86_400  # seconds

# h is the visit's hash; every choice takes other digits of it, so that choices do not hang together.
_VISITS = """
CREATE TEMP VIEW visits AS
SELECT v, h, v % {contacts} AS c, v // {contacts} AS turn,
  CASE WHEN h % 1000 < 12 THEN 'signup' WHEN h % 1000 < 18 THEN 'paper' WHEN h % 1000 < 340 THEN 'cart'
       ELSE 'browse' END AS kind,
  CASE WHEN (h // 1000) % 100 < 5 THEN 1 ELSE 20 + (h // 100000) % 160 END AS pace,
  1 + (h // 10000000) % 6 AS views, 2 + (h // 100000000) % 4 AS steps,
  (h // 1000000000) % 100 < 45 AS buys,
  TIMESTAMP '2024-02-01 06:00:00' + to_seconds(CAST(
    (v // {contacts}) * ({span} // {turns}) // 86400 * 86400 + (h // 7) % 57600 + (v % 86400) % 60 AS BIGINT)) AS began
FROM (SELECT i AS v, CAST(hash(i) >> 2 AS BIGINT) AS h FROM range({visits}) AS numbers(i))
"""

_EVENTS = """
CREATE TEMP VIEW events AS
SELECT v, h, c, began + to_seconds(CAST(n * pace AS BIGINT)) AS moment, n,
  CASE WHEN n = 0 THEN 'session_started'
       WHEN kind = 'signup' THEN 'newsletter_subscribed'
       WHEN kind = 'paper' THEN 'whitepaper_downloaded'
       WHEN n <= views OR kind = 'browse' THEN 'product_viewed'
       WHEN n <= views + steps THEN 'cart_updated'
       ELSE 'order_completed' END AS event,
  n - views AS step
FROM (
  SELECT *, unnest(range(CASE kind WHEN 'browse' THEN 2 + views WHEN 'cart' THEN 1 + views + steps + CAST(buys AS INT)
                         ELSE 2 END)) AS n
  FROM visits
)
"""

_LOG = """
COPY (
  SELECT 'e' || v || '-' || n AS event_id, 'c' || c AS contact_id, event, moment AS "timestamp",
    CASE WHEN event IN ('cart_updated', 'order_completed') THEN 'k' || v END AS cart_id,
    CASE WHEN event IN ('cart_updated', 'order_completed')
         THEN CAST(least(step, 4) * (1500 + h % 6000) AS DOUBLE) / 100 END AS total,
    CASE WHEN event IN ('cart_updated', 'order_completed') THEN list_transform(range(least(step, 4)), lambda s: {{
      'sku': 'S' || ((h + s * 37) % 400), 'name': 'Lamp', 'category': 'light',
      'price': CAST(1500 + h % 6000 AS DOUBLE) / 100, 'qty': 1}}) END AS items,
    CASE WHEN event = 'order_completed' THEN 'o' || v END AS order_id,
    CASE WHEN event = 'product_viewed' THEN 'S' || ((h + n) % 400) END AS sku,
    CASE event WHEN 'session_started' THEN 'direct' WHEN 'newsletter_subscribed' THEN 'footer' END AS source,
    CASE WHEN event = 'whitepaper_downloaded' THEN 'Light at work' END AS paper,
    CASE WHEN event = 'whitepaper_downloaded' THEN 'Light at work' END AS title,
    CASE WHEN event = 'whitepaper_downloaded' THEN 'https://example.com/light' END AS url
  FROM events ORDER BY moment, v, n LIMIT {events}
) TO '{target}' (FORMAT parquet)
"""

_CONTACTS = """
COPY (
  SELECT 'c' || i AS contact_id,
    CASE WHEN h % 100 < 92 THEN 'c' || i || '@example.com' END AS email, h % 100 < 78 AS email_optin,
    CASE WHEN (h // 100) % 100 < 35 THEN 'token' || i END AS push_token, (h // 100) % 100 < 30 AS push_optin,
    CASE WHEN (h // 10000) % 100 < 50 THEN '+336' || lpad(CAST(i AS TEXT), 8, '0') END AS phone,
    (h // 10000) % 100 < 20 AS sms_optin,
    CASE WHEN (h // 1000000) % 100 < 85 THEN 'Europe/Paris' WHEN (h // 1000000) % 100 < 95 THEN 'Europe/Brussels'
         ELSE 'America/Montreal' END AS timezone,
    CASE WHEN h % 3 = 0 THEN 'fr' ELSE 'en' END AS locale
  FROM (SELECT i, CAST(hash(i + 17) >> 2 AS BIGINT) AS h FROM range({contacts}) AS numbers(i))
) TO '{target}' (FORMAT parquet)
"""


def make(events: int, folder: Path, contacts: int | None = None, days: int = 365) -> tuple[Path, Path]:
    """The log and its contacts table in a folder; visits lie on so many days."""
    contacts = contacts or max(events // EVENTS_A_CONTACT, 1)
    visits = int(events / _EVENTS_A_VISIT) + contacts
    log, people = folder / "events.parquet", folder / "contacts.parquet"
    sizes = {
        "contacts": contacts,
        "visits": visits,
        "turns": visits // contacts + 1,
        "span": days * _DAY,
        "events": events,
    }
    with duckdb.connect() as database:
        database.execute(f"SET temp_directory = '{folder / 'spill'}'")
        database.execute(_VISITS.format(**sizes))
        database.execute(_EVENTS)
        database.execute(_LOG.format(target=log, **sizes))
        database.execute(_CONTACTS.format(target=people, contacts=contacts))
    return log, people


if __name__ == "__main__":
    make(number(sys.argv[1]), Path(sys.argv[2]), *map(number, sys.argv[3:]))
