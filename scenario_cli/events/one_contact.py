"""Finds one contact in a staged export, or the ids that resemble it."""

from __future__ import annotations

import duckdb

from scenario_cli.events.errors import ExportError

_MOST_NEAR = 3


def refuse_unknown(con: duckdb.DuckDBPyConnection, contact: str, *, has_table: bool) -> None:
    """Raises ExportError if no event and no row of the contacts table, if there is one, is about the contact."""
    ids_sql = "SELECT DISTINCT contact FROM events WHERE contact IS NOT NULL"
    if has_table:
        ids_sql += " UNION SELECT contact FROM people WHERE reason IS NULL"
    if con.execute(f"SELECT 1 FROM ({ids_sql}) WHERE contact = ? LIMIT 1", [contact]).fetchall():
        return
    # By how many characters are wrong; more than a third of them, and another contact is meant.
    similar = con.execute(
        f"SELECT contact FROM ({ids_sql}) WHERE damerau_levenshtein(lower(contact), lower($id)) <= greatest(1, $most)"
        " ORDER BY damerau_levenshtein(lower(contact), lower($id)), contact LIMIT $limit",
        {"id": contact, "most": len(contact) // 3, "limit": _MOST_NEAR},
    ).fetchall()
    hint = f"did you mean {' or '.join(repr(id_) for (id_,) in similar)}?" if similar else "no similar id exists"
    raise ExportError(f"the export has no contact '{contact}'", hint)
