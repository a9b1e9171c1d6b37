"""Questions about contact ids: hardly any in the contacts table, one with an outsized share, rounded ones. Changes no
rows.
"""

from __future__ import annotations

import duckdb

# Below this share of matches the two files probably name contacts differently.
_HARDLY_ANY = 0.05
_MOST_EXAMPLES = 2
# From this share of the rows on, and so many times the average, a contact is probably several people.
_OUTSIZED, _TIMES, _LEAST_ROWS = 0.05, 20, 100


def contact_notes(con: duckdb.DuckDBPyConnection, events: str, people: str | None) -> list[str]:
    """Warnings about the contacts of a log and of a contacts table, if there is one, by the names of the tables."""
    notes = [_rounded_note(con, events, "the log")]
    if people is not None:
        notes += [_rounded_note(con, people, "the contacts table"), _matching_note(con, events, people)]
    return [note for note in notes if note is not None]


def _matching_note(con: duckdb.DuckDBPyConnection, events: str, people: str) -> str | None:
    """A warning if hardly any contact of the log is in the contacts table, with two ids of each side.

    `events` and `people` are the names of the two tables.
    """
    log = f"(SELECT DISTINCT contact FROM {events} WHERE contact IS NOT NULL)"
    table = f"(SELECT DISTINCT contact FROM {people} WHERE contact IS NOT NULL)"
    ((total, matched),) = con.execute(
        f"SELECT count(*), count(*) FILTER (contact IN (SELECT contact FROM {table})) FROM {log}"
    ).fetchall()
    ((listed,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    if not total or not listed or matched > _HARDLY_ANY * total:
        return None
    ours = _examples(con, log, table)
    theirs = _examples(con, table, log)
    share = "none" if not matched else f"only {matched:,}"
    return (
        f"{share} of the {total:,} contact{'s' if total > 1 else ''} of the log "
        f"{'are' if matched > 1 else 'is'} in the contacts table: the log has {ours}, the table has "
        f"{theirs}; choose another column with --map contact_id=COLUMN or --contacts-map contact_id=COLUMN"
    )


def outsized_note(con: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """A question if one contact has an outsized share of the rows."""
    by_contact = f"SELECT contact, count(*) AS n FROM {table} WHERE contact IS NOT NULL GROUP BY contact"
    ((contact, largest, total, contacts),) = con.execute(
        f"SELECT arg_max(contact, n), max(n), sum(n), count(*) FROM ({by_contact})"
    ).fetchall()
    if not total or total < _LEAST_ROWS or largest < _OUTSIZED * total or largest < _TIMES * total / contacts:
        return None
    share = f"{largest / total:.0%} of the rows ({largest:,})"
    return f"contact '{contact}' has {share}: is the id shared by several people?"


def _rounded_note(con: duckdb.DuckDBPyConnection, table: str, name: str) -> str | None:
    """A warning if a spreadsheet or a float has rounded ids: one then stands for several contacts."""
    ((rows, example),) = con.execute(
        f"SELECT count(*), min(contact) FROM {table} WHERE (contains(contact, 'E+') OR contains(contact, 'e+'))"
        " AND regexp_full_match(contact, '\\d([.,]\\d+)?[eE]\\+\\d+')"
    ).fetchall()
    if not rows:
        return None
    have = f"{rows:,} rows have" if rows > 1 else "1 row has"
    return (
        f"{have} a rounded contact id, such as '{example}', in {name}: several contacts can have the same; "
        "export ids as text, without a spreadsheet in between"
    )


def _examples(con: duckdb.DuckDBPyConnection, side: str, other_side: str) -> str:
    result = con.execute(
        f"SELECT contact FROM {side} ANTI JOIN {other_side} USING (contact) ORDER BY 1 LIMIT {_MOST_EXAMPLES}"
    )
    ids = [f"'{contact}'" for (contact,) in result.fetchall()]
    return " and ".join(ids) or "no other"
