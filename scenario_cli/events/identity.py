"""Assigns rows that have only an anonymous id to contacts, over the whole staged log.

A row with both ids links them. An anonymous row belongs to the contact that its id was last linked to, at its instant
or before; going `backward`, rows before the first link belong to the contact of that link. An alias makes two ids one
contact, at all times. Rows are not moved, only given a contact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from scenario_cli.events.sql_text import text_literal
from scenario_cli.events.staging_tables import Target

ANONYMOUS = "anonymous, never identified"

_CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class KnownLinks:
    """The links of earlier exports.

    `owners_of` gives the links of some anonymous ids: the id, the instant from which it holds, and its contact.
    `aliases` are pairs of the replaced id and its replacement, in order of time.
    """

    owners_of: Callable[[list[str]], Iterable[tuple[str, int, str]]]
    aliases: Sequence[tuple[str, str]] = ()


def attribute(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    *,
    backward: bool,
    people: str | None = None,
    links: KnownLinks | None = None,
) -> list[str]:
    """Assigns the anonymous rows to contacts, marks the others as unusable, and reports the result.

    Rows of the contacts table `people` follow an id that an alias replaces. If `links` are given, those of this export
    are kept in tables of the sorted log, for the next export.
    """
    notes, merged = _merge(con, target, people, links)
    broadcast = (
        f" AND name NOT IN ({', '.join(map(text_literal, sorted(target.broadcast)))})" if target.broadcast else ""
    )
    pending = f"reason IS NULL AND linked IS NULL AND anonymous IS NOT NULL{broadcast}"
    con.execute(
        f"CREATE TEMP TABLE pending AS SELECT rowid AS number, anonymous, instant FROM {target.table} WHERE {pending}"
    )
    _link(con, target, links, merged)
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
    for table in ("pending", "known_links", "links", "owners"):
        con.execute(f"DROP TABLE {table}")
    if rows:
        rows_text = "1 anonymous row was" if rows == 1 else f"{rows:,} anonymous rows were"
        contacts_text = "1 contact who is" if contacts == 1 else f"{contacts:,} contacts who are"
        moment = "at another time" if backward else "by then"
        notes.append(f"identity: {rows_text} given to {contacts_text} known by the same anonymous id {moment}")
    if shared:
        ids = "1 anonymous id belongs" if shared == 1 else f"{shared:,} anonymous ids belong"
        notes.append(f"identity: {ids} to several contacts: each row was assigned to the last contact known before it")
    return notes


def _merge(
    con: duckdb.DuckDBPyConnection, target: Target, people: str | None, links: KnownLinks | None
) -> tuple[list[str], dict[str, str]]:
    """Ids that an alias replaces, exchanged for their replacement at all times: notes on it, and the ids."""
    aliases = con.execute(
        f"SELECT previous, instant, linked FROM {target.table} WHERE reason IS NULL AND previous IS NOT NULL"
        " AND linked IS NOT NULL AND previous <> linked ORDER BY instant, rowid"
    ).fetchall()
    if links is not None:
        con.execute("CREATE TABLE log.aliases (given_up VARCHAR, instant BIGINT, kept VARCHAR)")
        if aliases:
            con.executemany("INSERT INTO log.aliases VALUES (?, ?, ?)", aliases)
    pairs = [*(links.aliases if links is not None else ()), *((previous, linked) for previous, _, linked in aliases)]
    if not pairs:
        return [], {}
    replaced = successors(pairs)
    merged = sorted(replaced.items())
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
        # A contact who is in the table by both ids already has a row under the kept id.
        con.execute(
            f"UPDATE {people} SET contact = kept FROM merges WHERE contact = given_up AND {people}.reason IS NULL"
            f" AND kept NOT IN (SELECT contact FROM {people} WHERE contact IS NOT NULL)"
        )
    con.execute("DROP TABLE merges")
    if not ids:
        return [], replaced
    subject = "1 id was" if ids == 1 else f"{ids:,} ids were"
    rows_text = "1 row" if rows == 1 else f"{rows:,} rows"
    return [f"identity: {subject} merged into another by an alias, with {rows_text}"], replaced


def successors(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The replacement of each replaced id. The last of several aliases of an id counts; an alias that would close a
    cycle reverses it.
    """
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


def _link(con: duckdb.DuckDBPyConnection, target: Target, links: KnownLinks | None, merged: dict[str, str]) -> None:
    """The contact of each relevant anonymous id, with the instant from which that holds. At one instant the last row of
    the export decides.
    """
    con.execute("CREATE TEMP TABLE known_links (anonymous VARCHAR, instant BIGINT, contact VARCHAR)")
    if links is not None:
        con.execute(f"CREATE TABLE log.links AS {_links_sql(_linking_rows_sql(target))}")
        pending = con.execute("SELECT DISTINCT anonymous FROM pending").fetchall()
        for start in range(0, len(pending), _CHUNK):
            rows = list(links.owners_of([anonymous for (anonymous,) in pending[start : start + _CHUNK]]))
            con.execute(
                "INSERT INTO known_links SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::VARCHAR[])",
                [
                    [anonymous for anonymous, _, _ in rows],
                    [instant for _, instant, _ in rows],
                    [merged.get(contact, contact) for _, _, contact in rows],
                ],
            )
    links_sql = f"{_linking_rows_sql(target)} UNION ALL SELECT anonymous, instant, contact, -1 FROM known_links"
    con.execute(f"CREATE TEMP TABLE links AS {_links_sql(links_sql, 'SEMI JOIN pending USING (anonymous)')}")


def _linking_rows_sql(target: Target) -> str:
    """Every row that links an anonymous id."""
    return (
        f"SELECT anonymous, instant, linked, rowid AS number FROM {target.table} WHERE reason IS NULL"
        " AND anonymous IS NOT NULL AND linked IS NOT NULL UNION ALL"
        f" SELECT previous, instant, linked, rowid FROM {target.table} WHERE reason IS NULL"
        " AND previous IS NOT NULL AND linked IS NOT NULL"
    )


def _links_sql(links_sql: str, condition: str = "") -> str:
    """The instants at which an anonymous id becomes another's."""
    return (
        "SELECT anonymous, instant, contact FROM ("
        f" SELECT anonymous, instant, arg_max(linked, number) AS contact FROM ({links_sql}) {condition}"
        " GROUP BY anonymous, instant)"
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
