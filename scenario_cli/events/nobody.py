"""Texts that exporters and people write as the contact if nobody is known. Runs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from scenario_cli.events.sql_text import among, text_literal

# Exporters write these if nobody is known. As ids they would make one contact of all visitors.
NO_ID = (
    "null", "none", "nil", "nan", "undefined", "<na>", "\\n", "(null)", "(none)", "(not set)", "[object object]",
)  # fmt: skip
# People and spreadsheets write these for the same; --keep-ids takes them for contacts.
PLACEHOLDERS = (
    "na", "n/a", "n.a.", "#n/a", "#na", "#value!", "#ref!", "#name?", "-", "--", "\u2013", "\u2014", "?", "unknown",
    "(unknown)", "guest", "anonymous", "anon", "visitor", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
_LONGEST_PLACEHOLDER = 36
PLACEHOLDER = "contact id that means nobody, such as 'guest': use --keep-ids to treat it as a contact"


def is_nobody(contact: str, listed: Sequence[str]) -> str:
    """SQL for whether a contact id, NULL for none, is one of the texts listed."""
    if not listed:
        return "false"
    is_listed = among(f"lower({contact})", map(text_literal, listed))
    return f"(length({contact}) <= {_LONGEST_PLACEHOLDER} AND {is_listed})"
