"""Finds addresses that several contacts share, some with consent and some without. Changes no rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb

from scenario_cli.events.slots import Item, Layout
from scenario_cli.events.sql_text import text_literal

# An attribute with an address, and the attribute with the consent to write to it.
ChannelConsent = tuple[str, str]

# The pairs that exports commonly have, if no project names its channels.
USUAL_REACHES: tuple[ChannelConsent, ...] = tuple(
    (address, consent)
    for address, kinds in (("email", ("email", "newsletter", "marketing")), ("phone", ("sms", "phone")))
    for kind in kinds
    for consent in (f"{kind}_optin", f"{kind}_opt_in", f"{kind}_consent", f"accepts_{kind}")
)

# A table with its layout, and the events (by number) whose rows change the profile.
Side = tuple[str, Layout, tuple[int, ...]]


def shared_address_notes(
    con: duckdb.DuckDBPyConnection, sides: Iterable[Side], reaches: Iterable[ChannelConsent]
) -> list[str]:
    """A warning for each pair of attributes, by the profiles at the end of the export."""
    sides = tuple(sides)
    notes = []
    is_shared: dict[str, bool] = {}
    for address, consent in reaches:
        addresses, consents = profile_sql(sides, address), profile_sql(sides, consent)
        if addresses is None or consents is None:
            continue
        if address not in is_shared:
            is_shared[address] = _is_shared(con, sides, address)
        if not is_shared[address]:
            continue
        shared = (
            f"SELECT count(*) AS contacts FROM (SELECT contact, lower(trimmed(value)) AS address FROM ({addresses}))"
            f" LEFT JOIN (SELECT contact, as_boolean(value) AS agreed FROM ({consents})) USING (contact)"
            " WHERE address <> '' GROUP BY address"
            " HAVING count(*) > 1 AND bool_or(coalesce(agreed, false)) AND NOT bool_and(coalesce(agreed, false))"
        )
        ((count, contacts),) = con.execute(f"SELECT count(*), sum(contacts) FROM ({shared})").fetchall()
        if count:
            subject = "1 address belongs" if count == 1 else f"{count:,} addresses belong"
            notes.append(
                f"contact.{address}: {subject} to several contacts ({contacts:,}), some with consent and "
                f"some without (contact.{consent}): a person who opted out as one contact still receives "
                "messages as another"
            )
    return notes


def _is_shared(con: duckdb.DuckDBPyConnection, sides: Iterable[Side], address: str) -> bool:
    """Whether any rows of two contacts have the same address: answered sooner than by the profiles at the end."""
    values = " UNION ALL ".join(
        f"SELECT contact, {text} AS value FROM {table} WHERE {of_event}"
        for table, text, of_event in _columns(sides, address)
    )
    by_address = "GROUP BY lower(trimmed(value)) HAVING min(contact) <> max(contact)"
    return bool(con.execute(f"SELECT 1 FROM ({values}) WHERE value IS NOT NULL {by_address} LIMIT 1").fetchall())


def profile_sql(sides: Iterable[Side], attribute: str) -> str | None:
    """SQL for the last value of an attribute by contact, as text; None if nothing holds it."""
    # A row without an instant applies from the start; a row that neither has nor unsets the attribute changes nothing.
    moment = "{'at': coalesce(instant, -9223372036854775807), 'place': rowid}"
    unset = f"list_contains(coalesce(nulls, []), {text_literal(attribute)})"
    parts = [
        f"SELECT contact, {text} AS text, {moment} AS moment FROM {table}"
        f" WHERE {of_event} AND ({text} IS NOT NULL OR {unset})"
        for table, text, of_event in _columns(sides, attribute)
    ]
    if not parts:
        return None
    return (
        "SELECT contact, arg_max({'text': text}, moment).text AS value"
        f" FROM ({' UNION ALL '.join(parts)}) WHERE contact IS NOT NULL GROUP BY contact"
    )


def _columns(sides: Iterable[Side], attribute: str) -> Iterator[tuple[str, str, str]]:
    """The tables with the attribute, the SQL for its text, and the condition on the rows that can change it."""
    for table, layout, codes in sides:
        for item in layout.items:
            mine = [code for code in item.events if code in codes]
            if item.property == attribute and item.columns and mine:
                yield table, _text(item), f"code IN ({', '.join(map(str, mine))})"


def _text(item: Item) -> str:
    cells = (
        f"json_scalar({column})" if cell == "j" else f"CAST({column} AS VARCHAR)"
        for cell, column in item.columns.items()
    )
    return f"coalesce({', '.join(cells)})"
