"""The tables that every part asks: orders, their lines, and the customers. Works no figure out."""

from __future__ import annotations

from scenario_cli.events.read_property import AMOUNT
from scenario_cli.events.sql_text import text_literal
from scenario_cli.hosts.insights.log import Log
from scenario_cli.model.source import Name


def make_orders(log: Log) -> tuple[int, int]:
    """Makes `orders`, `lines` and `customers`; gives the purchases in another currency, which are left out, and those
    without an amount.

    An order has the contact, the instant `at`, its `number` among the contact's, and the `amount`; a line the same two
    first with product, label, category, pieces (`units`) and their `revenue`. A purchase with the same id, instant and
    contact as another is the same purchase.
    """
    _make_purchases(log)
    _make_lines(log)
    _make_customers(log)
    ((foreign, unpriced),) = log.ask(
        "SELECT count(*) FILTER (is_foreign), count(*) FILTER (NOT is_foreign AND amount IS NULL) FROM purchases"
    )
    log.con.execute("DROP TABLE purchases")
    return int(foreign), int(unpriced)


def _make_purchases(log: Log) -> None:
    purchase, currency = log.settings.purchase, log.project.currency
    event = purchase.event
    code = log.text(event, purchase.currency)
    is_foreign = f"coalesce(upper({code}) <> {text_literal(currency)}, false)" if currency else "false"
    parts = "" if purchase.items is not None else "".join(f", {_part(log, name)}" for name in _PARTS)
    log.con.execute(
        f"CREATE TEMP TABLE purchases AS SELECT contact, instant AS moment, rowid AS place, {is_foreign} AS is_foreign,"
        f" {log.amount(event, purchase.amount)} AS amount, {log.text(event, purchase.channel)} AS channel,"
        f" {log.listed(event, purchase.items)} AS items{parts} FROM log.events WHERE {log.rows(event)}"
        " QUALIFY event_id IS NULL OR row_number() OVER (PARTITION BY contact, event_id, instant ORDER BY rowid) = 1"
    )
    log.con.execute(
        "CREATE TEMP TABLE orders AS SELECT contact, moment, coalesce(amount, 0) AS amount, channel,"
        " row_number() OVER (PARTITION BY contact ORDER BY moment, place) AS number,"
        " * EXCLUDE (contact, moment, amount, channel, is_foreign, place) FROM purchases WHERE NOT is_foreign"
    )


_PARTS = ("product", "label", "category", "price", "quantity")


def _part(log: Log, part: str) -> str:
    """A property of the purchase that is its one line."""
    purchase = log.settings.purchase
    name: Name | None = getattr(purchase, part)
    read = log.amount if part in ("price", "quantity") else log.text
    return f"{read(purchase.event, name)} AS {part}"


def _make_lines(log: Log) -> None:
    purchase = log.settings.purchase
    if purchase.items is None:
        source = f"SELECT contact, number, moment, 1 AS place, {', '.join(_PARTS)}, amount FROM orders"
        paid = "amount" if purchase.price is None else "price * coalesce(quantity, 1)"
    else:
        named = {part: name for part in _PARTS if (name := getattr(purchase, part)) is not None}
        keys = [_path(name) for name in named.values()] or ["'$'"]
        places = {part: f"listed[{place}]" for place, part in enumerate(named, 1)}
        values = ", ".join(
            f"TRY_CAST({places.get(part, 'NULL')} AS {AMOUNT}) AS {part}" if part in ("price", "quantity")
            else f"nullif(trimmed({places.get(part, 'CAST(NULL AS VARCHAR)')}), '') AS {part}"
            for part in _PARTS
        )  # fmt: skip
        elements = (
            "SELECT contact, number, moment, unnest(elements) AS element, generate_subscripts(elements, 1) AS place"
            " FROM (SELECT *, json_extract(items, '$[*]') AS elements FROM orders WHERE items IS NOT NULL)"
        )
        extracted = f"SELECT *, json_extract_string(element, [{', '.join(keys)}]) AS listed FROM ({elements})"
        source = f"SELECT contact, number, moment, place, {values} FROM ({extracted})"
        paid = "price * coalesce(quantity, 1)"
    log.con.execute(
        "CREATE TEMP TABLE lines AS SELECT contact, number, moment, place, product, label, category,"
        f" coalesce(quantity, 1) AS units, CAST(coalesce({paid}, 0) AS {AMOUNT}) AS revenue"
        f" FROM ({source})"
    )
    log.con.execute("ALTER TABLE orders DROP COLUMN items")


def _path(name: Name) -> str:
    """The JSON path of a key."""
    key = name.text.replace('"', '\\"')
    return text_literal(f'$."{key}"')


def _make_customers(log: Log) -> None:
    """One row a customer: first and second order, month, category, channel and source of the first, and all sums."""
    touch = log.settings.first_touch
    if touch is None:
        touches = "SELECT NULL AS contact, CAST(NULL AS VARCHAR) AS source WHERE false"
    else:
        source = log.text(touch.event, touch.property)
        touches = (
            f"SELECT contact, arg_min({source}, {{'moment': instant, 'place': rowid}}) AS source FROM log.events"
            f" WHERE {log.rows(touch.event)} AND {source} IS NOT NULL GROUP BY contact"
        )
    log.con.execute(
        "CREATE TEMP TABLE customers AS SELECT o.*, category, source, month_of(first_at) AS month FROM ("
        "SELECT contact, count(*) AS orders, sum(amount) AS revenue, min(moment) AS first_at,"
        " min(moment) FILTER (number = 2) AS second_at, max(moment) AS last_at,"
        " min(channel) FILTER (number = 1) AS channel FROM orders GROUP BY contact) AS o"
        " LEFT JOIN (SELECT contact, arg_min(category, place) AS category FROM lines WHERE number = 1"
        " AND category IS NOT NULL GROUP BY contact) USING (contact)"
        f" LEFT JOIN ({touches}) USING (contact)"
    )
