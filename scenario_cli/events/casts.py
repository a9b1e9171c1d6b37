"""SQL that turns a value as a file holds it into the type the tracking plan declares. Reads no rows itself.

A value lands in *cells*: `s` text, `i` whole number, `d` other number, `b` boolean, `j` JSON text. A number
has two, so that a large whole number stays exact. All cells NULL means that the value does not fit.

An `array` or an `object` is one that has such a type in its file: a JSON text that the database wrote itself.

The steps are `basis` (the value, in a form that the declared type can be read from), for numbers `parts`
(its two readings), then the cells. Each is a column of one layer of the query: the database computes a
column once, but an expression that is repeated inside CASE as often as it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Kind = Literal["text", "json", "whole", "number", "boolean", "date", "local", "instant", "array", "object"]
Cell = Literal["s", "i", "d", "b", "j"]

CELL_TYPES: dict[Cell, str] = {"s": "VARCHAR", "i": "BIGINT", "d": "DOUBLE", "b": "BOOLEAN", "j": "VARCHAR"}

_CELLS: dict[str | None, tuple[Cell, ...]] = {
    "string": ("s",),
    "date": ("s",),
    "datetime": ("s",),
    "integer": ("i",),
    "number": ("i", "d"),
    "boolean": ("b",),
    "array": ("j",),
    "object": ("j",),
    None: ("j",),
}

# The characters that count as blanks around a value; a no-break space comes from spreadsheets.
_BLANKS = "' \t\n\v\f\r\u00a0\ufeff'"

# The words for yes and no that people and spreadsheets write; 1.0 is 1 after a data frame with gaps.
_YES = "'true', 't', '1', '1.0', 'yes', 'y', 'on', 'oui', 'ja', 'sí', 'si', 'vrai', 'wahr', 'verdadero', 'vero'"
_NO = "'false', 'f', '0', '0.0', 'no', 'n', 'off', 'non', 'nein', 'faux', 'falsch', 'falso'"

MACROS = (
    # Trimming more than spaces is slow, so only texts whose first or last character can be a blank are trimmed.
    "CREATE MACRO trimmed(t) AS CASE WHEN t < '!' OR t > '~' OR right(t, 1) NOT BETWEEN '!' AND '~'"
    f" THEN trim(t, {_BLANKS}) ELSE t END",
    # A whole number that a file writes as a float is that whole number.
    "CREATE MACRO whole_text(t) AS CASE WHEN contains(t, '.0') AND regexp_full_match(t, '-?\\d+\\.0+')"
    " THEN split_part(t, '.', 1) ELSE t END",
    # An id in the form for comparison: an e-mail address in lower case.
    "CREATE MACRO id_text(t) AS CASE WHEN contains(t, '@')"
    " AND regexp_full_match(t, '[^@\\s]+@[^@\\s]+\\.[^@\\s]+') THEN lower(t) ELSE whole_text(t) END",
    # The text of a JSON scalar; arrays and objects have none.
    "CREATE MACRO json_scalar(j) AS CASE left(j, 1) WHEN '\"' THEN CASE WHEN contains(j, '\\')"
    " THEN json_extract_string(j, '$') ELSE substring(j, 2, length(j) - 2) END"
    " WHEN '{' THEN NULL WHEN '[' THEN NULL ELSE whole_text(j) END",
    f"CREATE MACRO as_boolean(t) AS CASE WHEN lower(nfc_normalize(trimmed(t))) IN ({_YES}) THEN true"
    f" WHEN lower(nfc_normalize(trimmed(t))) IN ({_NO}) THEN false END",
    # json_extract writes it again: strict JSON also if the database reads more leniently than Python.
    "CREATE MACRO as_nested(t, opening) AS CASE WHEN left(ltrim(t), 1) = opening AND json_valid(t)"
    " THEN CAST(json_extract(t, '$') AS VARCHAR) END",
    # 541312140.0 is how a column of ids looks once a data frame with gaps has written it.
    "CREATE MACRO number_text(n) AS CASE WHEN abs(CAST(n AS DOUBLE)) < 9007199254740992"
    " AND CAST(n AS DOUBLE) = floor(CAST(n AS DOUBLE)) THEN CAST(CAST(n AS BIGINT) AS VARCHAR)"
    " ELSE CAST(n AS VARCHAR) END",
)


def cells_of(declared: str | None) -> tuple[Cell, ...]:
    """The cells that a property of the declared type can need; an unknown type is treated as any."""
    return _CELLS.get(declared, ("j",))


def can_misfit(declared: str | None) -> bool:
    """True if some values cannot be of the declared type."""
    return declared is not None and declared in _CELLS


def text_sql(kind: Kind, value: str) -> str:
    """SQL for the value as text; NULL if it is an array or an object."""
    match kind:
        case "text":
            return value
        case "json":
            return f"json_scalar({value})"
        case "number":
            return f"number_text({value})"
        case "boolean" | "date" | "whole":
            return f"CAST({value} AS VARCHAR)"
        case "local":
            return f"replace(CAST({value} AS VARCHAR), ' ', 'T')"
        case "instant":
            return f"replace(CAST(make_timestamp(epoch_us({value})) AS VARCHAR), ' ', 'T') || 'Z'"
        case "array" | "object":
            return "CAST(NULL AS VARCHAR)"


def basis_sql(kinds: Sequence[Kind], declared: str | None, values: Sequence[str]) -> str:
    """SQL for the first value that exists, as text or, if the types agree, unchanged."""
    if _stays(kinds, declared):
        return values[0]
    sql = "NULL"
    for kind, value in reversed(list(zip(kinds, values, strict=True))):
        basis = _single_basis(kind, declared, value)
        sql = basis if sql == "NULL" else f"CASE WHEN {value} IS NOT NULL THEN {basis} ELSE {sql} END"
    return sql


def parts_sql(kinds: Sequence[Kind], declared: str | None, basis: str) -> tuple[str, str] | None:
    """SQL for a number as DOUBLE and as BIGINT, which rounds; None for another declared type."""
    if declared not in ("integer", "number"):
        return None
    double = f"TRY_CAST({basis} AS DOUBLE)"
    if not _stays(kinds, declared):
        # The cast alone would take 1_000 for a number.
        double = f"CASE WHEN NOT contains({basis}, '_') THEN {double} END"
    return double, f"TRY_CAST({basis} AS BIGINT)"


def cells_sql(kinds: Sequence[Kind], declared: str | None, basis: str, parts: tuple[str, str]) -> dict[Cell, str]:
    """SQL for each cell, from the columns that hold the basis and the parts."""
    double, whole = parts
    is_whole = f"CAST({whole} AS DOUBLE) = {double}"
    match declared:
        case "string" | "date" | "datetime":
            return {"s": f"trimmed({basis})" if "json" in kinds else basis}
        case "integer":
            return {"i": f"CASE WHEN {is_whole} THEN {whole} END"}
        case "number":
            fraction = f"CASE WHEN isfinite({double}) AND ({is_whole}) IS NOT TRUE THEN {double} END"
            return {"i": f"CASE WHEN {is_whole} THEN {whole} END", "d": fraction}
        case "boolean":
            return {"b": basis if _stays(kinds, declared) else f"as_boolean({basis})"}
        case "array" | "object" if _stays(kinds, declared):
            return {"j": basis}
        case "array" | "object":
            return {"j": f"as_nested({basis}, '{'[' if declared == 'array' else '{'}')"}
        case _:
            return {"j": basis}


def _stays(kinds: Sequence[Kind], declared: str | None) -> bool:
    """True if the value has one place, and that has the declared type already."""
    if len(kinds) != 1:
        return False
    if declared in ("integer", "number"):
        return kinds[0] in ("whole", "number")
    return declared in ("boolean", "array", "object") and kinds[0] == declared


def _single_basis(kind: Kind, declared: str | None, value: str) -> str:
    if kind in ("array", "object") and declared in ("array", "object"):
        return value
    if declared in ("array", "object"):
        # An array inside a JSON text (`"items": "[1, 2]"`) is an array that was encoded twice.
        return f"coalesce(json_scalar({value}), {value})" if kind == "json" else text_sql(kind, value)
    if declared is not None and declared in _CELLS:
        return text_sql(kind, value)
    if kind == "json":
        padded = f"left({value}, 1) = '\"' AND (left({value}, 2) < '\"!' OR right({value}, 2) < '!')"
        # The macros `trimmed` and `json_scalar` do the same, but are so long that hundreds of them take long to plan.
        trimmed = f"trim(json_extract_string({value}, '$'), {_BLANKS})"
        return f"CASE WHEN {padded} THEN CAST(to_json({trimmed}) AS VARCHAR) ELSE {value} END"
    if kind in ("array", "object"):
        return value
    as_is = kind in ("whole", "number", "boolean")
    return f"CAST(to_json({value if as_is else text_sql(kind, value)}) AS VARCHAR)"
