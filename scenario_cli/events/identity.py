"""Assigns rows with an anonymous id alone to contacts, over the whole staged log.

A row with both ids links them. An anonymous row belongs to the contact whom its id was last linked to, at its
instant or before; going `backward`, what lies before the first link belongs to the contact of that link. An
alias says that two ids are one person, at all times. Rows are not moved, only given a contact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb

from scenario_cli.events.sql_text import text_literal
from scenario_cli.events.staging_tables import Target

ANONYMOUS = "anonymous, never identified"

_CHUNK = 100_000


def attribute(
    con: duckdb.DuckDBPyConnection, target: Target, *, backward: bool, people: str | None = None
) -> list[str]:
    """Gives the anonymous rows to contacts, marks the others as unusable, and reports what was done.

    Rows of the contacts table `people` follow an id that an alias gives up.
    """
    notes = _merge(con, target, people)
    broadcast = (
        f" AND name NOT IN ({', '.join(map(text_literal, sorted(target.broadcast)))})" if target.broadcast else ""
    )
    pending = f"reason IS NULL AND linked IS NULL AND anonymous IS NOT NULL{broadcast}"
    con.execute(
        f"CREATE TEMP TABLE pending AS SELECT rowid AS number, anonymous, instant FROM {target.table} WHERE {pending}"
    )
    _link(con, target)
    _own(con, backward=backward)
    rows, contacts, shared = con.execute(
        "SELECT count(*), count(DISTINCT contact), count(DISTINCT anonymous) FILTER (anonymous IN"
        " (SELECT anonymous FROM links GROUP BY anonymous HAVING count(DISTINCT contact) > 1)) FROM owners"
    ).fetchall()[0]
    # Neither statement sets a column of lists, which would move the rows and so lose their places in the files.
    con.execute(
        f"UPDATE {target.table} SET contact = CASE WHEN code IS NOT NULL THEN owners.contact END"
        f" FROM owners WHERE {target.table}.rowid = owners.number"
    )
    con.execute(
        f"UPDATE {target.table} SET reason = '{ANONYMOUS}', code = NULL FROM (SELECT number FROM pending ANTI JOIN"
        f" owners USING (number)) AS nobody WHERE {target.table}.rowid = nobody.number"
    )
    for table in ("pending", "links", "owners"):
        con.execute(f"DROP TABLE {table}")
    if rows:
        rows_text = "1 anonymous row was" if rows == 1 else f"{rows:,} anonymous rows were"
        contacts_text = "1 contact who is" if contacts == 1 else f"{contacts:,} contacts who are"
        moment = "at another time" if backward else "by then"
        notes.append(f"identity: {rows_text} given to {contacts_text} known by the same anonymous id {moment}")
    if shared:
        ids = "1 anonymous id belongs" if shared == 1 else f"{shared:,} anonymous ids belong"
        notes.append(f"identity: {ids} to several contacts: each row went to the last one known before it")
    return notes


def _merge(con: duckdb.DuckDBPyConnection, target: Target, people: str | None) -> list[str]:
    """Ids that an alias gives up, replaced by those that stand for them, at all times."""
    pairs = con.execute(
        f"SELECT previous, linked FROM {target.table} WHERE reason IS NULL AND previous IS NOT NULL"
        " AND linked IS NOT NULL AND previous <> linked ORDER BY instant, rowid"
    ).fetchall()
    if not pairs:
        return []
    merged = sorted(successors(pairs).items())
    con.execute("CREATE TEMP TABLE merges (given_up VARCHAR, kept VARCHAR)")
    for start in range(0, len(merged), _CHUNK):
        part = merged[start : start + _CHUNK]
        con.execute(
            "INSERT INTO merges SELECT unnest(?), unnest(?)", [[old for old, _ in part], [new for _, new in part]]
        )
    ids, rows = con.execute(
        f"SELECT count(DISTINCT contact), count(*) FROM {target.table} SEMI JOIN merges ON contact = given_up"
        " WHERE reason IS NULL"
    ).fetchall()[0]
    for column in ("contact", "linked"):
        con.execute(f"UPDATE {target.table} SET {column} = kept FROM merges WHERE {column} = given_up")
    if people is not None:
        # A contact who is in the table by both ids has a row of its own already.
        con.execute(
            f"UPDATE {people} SET contact = kept FROM merges WHERE contact = given_up AND {people}.reason IS NULL"
            f" AND kept NOT IN (SELECT contact FROM {people} WHERE contact IS NOT NULL)"
        )
    con.execute("DROP TABLE merges")
    if not ids:
        return []
    subject = "1 id was" if ids == 1 else f"{ids:,} ids were"
    went = "1 row" if rows == 1 else f"{rows:,} rows"
    return [f"identity: {subject} merged into another by an alias, with {went}"]


def successors(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The id that replaces each id that was given up. The last of several aliases of an id counts; an alias that
    would close a circle reverses it."""
    following: dict[str, str] = {}

    def chain(name: str) -> Iterator[str]:
        yield name
        while name in following:
            yield (name := following[name])

    for previous, kept_id in pairs:
        if previous in chain(kept_id):
            following.pop(kept_id, None)
        following[previous] = kept_id
    return {name: list(chain(name))[-1] for name in following}


def _link(con: duckdb.DuckDBPyConnection, target: Target) -> None:
    """From when on each anonymous id that matters is whose. At one instant the last row of the export holds."""
    con.execute(
        "CREATE TEMP TABLE links AS SELECT anonymous, instant, contact FROM ("
        " SELECT anonymous, instant, arg_max(linked, number) AS contact FROM ("
        f" SELECT anonymous, instant, linked, rowid AS number FROM {target.table} WHERE reason IS NULL"
        " AND anonymous IS NOT NULL AND linked IS NOT NULL UNION ALL"
        f" SELECT previous, instant, linked, rowid FROM {target.table} WHERE reason IS NULL"
        " AND previous IS NOT NULL AND linked IS NOT NULL"
        ") SEMI JOIN pending USING (anonymous) GROUP BY anonymous, instant)"
        " QUALIFY contact IS DISTINCT FROM lag(contact) OVER (PARTITION BY anonymous ORDER BY instant)"
    )


def _own(con: duckdb.DuckDBPyConnection, *, backward: bool) -> None:
    con.execute(
        "CREATE TEMP TABLE owners AS SELECT number, pending.anonymous, contact FROM pending ASOF JOIN links"
        " ON pending.anonymous = links.anonymous AND pending.instant >= links.instant"
    )
    if backward:
        con.execute(
            "INSERT INTO owners SELECT number, anonymous, first.contact FROM pending ANTI JOIN owners USING (number)"
            " JOIN (SELECT anonymous, arg_min(contact, instant) AS contact FROM links GROUP BY anonymous) AS first"
            " USING (anonymous)"
        )
