"""Whether the contacts of an export can be reached: the syntax of their addresses, addresses that several contacts
share, and contacts without any consent. Changes no rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from scenario_cli.events.shared_addresses import USUAL_REACHES, Side, profile_sql
from scenario_cli.events.sql_text import text_literal
from scenario_cli.model.export import ContactFields
from scenario_cli.model.inspection import AddressFacts, ContactFacts

# Used if no project names its channels.
USUAL_FIELDS = ContactFields(
    tuple((name, kind) for kind, names in (("email", ("email", "e_mail", "mail", "email_address")),
                                           ("phone", ("phone", "phone_number", "mobile"))) for name in names),
    tuple(dict.fromkeys(consent for _, consent in USUAL_REACHES)),
)  # fmt: skip

# The executor's check of addresses, see `engine.addresses`: a message to any other address is dropped.
_REFUSED = r"\s@<>(),;:\"\x00-\x1f\x7f"
_VALID = {
    "email": rf"[^{_REFUSED}]+@[^{_REFUSED}]*[^{_REFUSED}.]",
    "phone": r"\+?[0-9]{3,20}",
}
# More conditions for a mail to arrive: a domain with a dot, and no empty part between dots.
_PLAUSIBLE = {"email": r"[^.@]+(\.[^.@]+)*@[^.@]+(\.[^.@]+)*\.[^.@]{2,}", "phone": r".*[0-9]{7,}"}
_BETWEEN_DIGITS = r"[ ().\-/\x{a0}]"
_EXAMPLES = 3


def contact_facts(con: duckdb.DuckDBPyConnection, sides: Iterable[Side], fields: ContactFields) -> ContactFacts | None:
    """The facts by the profiles at the end of the export; None if no attribute of contacts is an address or a
    consent."""
    sides = tuple(sides)
    addresses = [
        _addresses(con, attribute, kind, sql)
        for attribute, kind in fields.addresses
        if (sql := profile_sql(sides, attribute)) is not None
    ]
    consents = {name: sql for name in fields.consents if (sql := profile_sql(sides, name)) is not None}
    if not addresses and not consents:
        return None
    everybody = " UNION ALL ".join(
        f"SELECT contact FROM {table} WHERE contact IS NOT NULL AND code IS NOT NULL"
        for table in dict.fromkeys(["events", *(side[0] for side in sides)])
    )
    ((contacts,),) = con.execute(f"SELECT count(DISTINCT contact) FROM ({everybody})").fetchall()
    without = contacts - _agreed(con, list(consents.values())) if consents else None
    return ContactFacts(contacts, tuple(addresses), tuple(consents), without)


def _addresses(con: duckdb.DuckDBPyConnection, attribute: str, kind: str, sql: str) -> AddressFacts:
    plain = (
        "trimmed(value)"
        if kind == "email"
        else f"regexp_replace(trimmed(value), {text_literal(_BETWEEN_DIGITS)}, '', 'g')"
    )
    valid, plausible = (f"regexp_full_match(plain, {text_literal(form[kind])})" for form in (_VALID, _PLAUSIBLE))
    values = f"SELECT contact, trimmed(value) AS value, {plain} AS plain FROM ({sql}) WHERE trimmed(value) <> ''"
    is_invalid, is_doubtful = f"NOT {valid}", f"{valid} AND NOT {plausible}"
    counts = ", ".join(f"count(*) FILTER (WHERE {each})" for each in ("true", is_invalid, is_doubtful))
    ((count, invalid, doubtful),) = con.execute(f"SELECT {counts} FROM ({values})").fetchall()
    ((shared, sharing),) = con.execute(
        f"SELECT count(*), coalesce(sum(n), 0)::BIGINT FROM (SELECT count(*) AS n FROM ({values})"
        f" WHERE {valid} GROUP BY lower(plain) HAVING n > 1)"
    ).fetchall()
    examples = con.execute(
        f"SELECT DISTINCT {valid} AS can_be_sent_to, value FROM ({values}) WHERE NOT ({valid} AND {plausible})"
        f" ORDER BY can_be_sent_to, value LIMIT {_EXAMPLES}"
    ).fetchall()
    return AddressFacts(
        attribute, kind, count, invalid, doubtful, shared, sharing, tuple(value for _, value in examples)
    )


def _agreed(con: duckdb.DuckDBPyConnection, consents: Sequence[str]) -> int:
    """The contacts who have agreed to something."""
    values = " UNION ALL ".join(consents)
    ((count,),) = con.execute(f"SELECT count(DISTINCT contact) FROM ({values}) WHERE as_boolean(value)").fetchall()
    return int(count)
