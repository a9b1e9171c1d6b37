"""SQL that rewrites numbers with a decimal comma or groups of digits as programs write them. Reads no rows."""

from __future__ import annotations

from dataclasses import dataclass

from scenario_cli.events.casts import Kind
from scenario_cli.events.sql_text import text_literal
from scenario_cli.model.decimal_marks import (
    GAPS,
    MARKED,
    ONLY_COMMA,
    ONLY_POINT,
    OPEN,
    PLAIN,
    SPACED,
    WITH_COMMA,
    WITH_POINT,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Texts of one column that only a decimal comma fits, that only a point fits, and with groups of digits alone."""

    comma: str | None
    point: str | None
    spaced: str | None

    @property
    def mark(self) -> str | None:
        """The mark that some text settles and none contradicts; empty if blanks alone group digits."""
        if self.comma and self.point:
            return None
        if self.comma or self.point:
            return "comma" if self.comma else "point"
        return "" if self.spaced else None

    def example(self) -> str:
        return self.comma or self.point or self.spaced or ""


def _matches_sql(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {text_literal(pattern)})"


def _removed_sql(text: str, pattern: str) -> str:
    return f"regexp_replace({text}, {text_literal(pattern)}, '', 'g')"


MACROS = (
    # `mark` is the decimal mark of the column, empty if only blanks group digits. Any other text stays.
    "CREATE MACRO decimal_text(t, mark) AS CASE"
    f" WHEN mark = 'comma' AND {_matches_sql('t', WITH_COMMA)}"
    f" THEN replace({_removed_sql('t', f'[.]|{GAPS}')}, ',', '.')"
    f" WHEN mark = 'point' AND {_matches_sql('t', WITH_POINT)} THEN {_removed_sql('t', f',|{GAPS}')}"
    f" WHEN {_matches_sql('t', SPACED)} THEN {_removed_sql('t', GAPS)} ELSE t END",
)


def rewritten_sql(kind: Kind, value: str, mark: str) -> str:
    """The value of a text, or of a text in JSON; a number of JSON always has a decimal point."""
    if kind == "text":
        return f"decimal_text({value}, '{mark}')"
    if kind != "json":
        return value
    text = f"trimmed(json_scalar({value}))"
    return (
        f"CASE WHEN left({value}, 1) = '\"' AND {_matches_sql(text, MARKED)}"
        f" THEN '\"' || decimal_text({text}, '{mark}') || '\"' ELSE {value} END"
    )


def evidence_sql(texts: str) -> str:
    """SQL over a relation of `text`: a text that fits only a decimal comma, one that fits only a point, and one whose
    digits are grouped by blanks alone. A text that fits both proves nothing.
    """
    comma, point = (
        f"min(text) FILTER ({_matches_sql('text', pattern)} AND NOT {_matches_sql('text', OPEN)})"
        for pattern in (ONLY_COMMA, ONLY_POINT)
    )
    return f"SELECT {comma}, {point}, min(text) FILTER ({_matches_sql('text', SPACED)}) FROM ({texts})"


def marked_sql(text: str) -> str:
    """SQL for whether a text is a number with a decimal comma or groups of digits."""
    return f"({_matches_sql(text, MARKED)} AND NOT {_matches_sql(text, PLAIN)})"


def plain_sql(text: str) -> str:
    """SQL for whether a text is a number as programs write it."""
    return _matches_sql(text, PLAIN)
