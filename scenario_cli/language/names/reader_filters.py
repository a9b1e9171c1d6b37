"""Checks the filters that write dates, numbers and lists as readers do: the value before them, and the values given.

Checks literals and the types of the tracking plan; other faults show when a message is rendered.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.locales import known_currencies, plural_forms
from scenario_cli.model import expression as tree
from scenario_cli.model.date_patterns import PatternError, check_pattern
from scenario_cli.model.dates import read_date
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean, nearest
from scenario_cli.model.project import Property
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import LIST_STYLES, PLURALS, READER_FILTERS

MAX_DIGITS = 20

_NEVER_DATES = frozenset({"number", "integer", "boolean", "array", "object"})
_NEVER_NUMBERS = frozenset({"string", "boolean", "array", "object", "date", "datetime"})
_NEVER_LISTS = frozenset({"string", "number", "integer", "boolean", "date", "datetime"})
_MISFITS = {
    **dict.fromkeys(("date", "datetime"), ("not a date", _NEVER_DATES)),
    "time": ("no time of day", _NEVER_DATES | {"date"}),
    **dict.fromkeys(("number", "money", "percent", "plural"), ("not a number", _NEVER_NUMBERS)),
    "list": ("not a list", _NEVER_LISTS),
}
_NOUNS = {"string": "a text", "integer": "a number", "number": "a number", "boolean": "a boolean", "array": "a list",
          "object": "a mapping", "date": "a date", "datetime": "a date-time"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextLocale:
    """The locale that a template's text is written in, and the project's currency, empty if it has none."""

    locale: str
    currency: str


def faulty_filter(node: tree.Filter, base: Property, written: TextLocale) -> Iterator[Diagnostic]:
    """The faults of a filter; `base` is the shape of the value before it."""
    filter_ = READER_FILTERS[node.name]
    yield from _misfit(node, base)
    if node.name == "plural":
        yield from _plural(node, written)
        return
    positional = dict(zip(filter_.keywords, node.args, strict=False))
    unknown = [value for name, value in node.keywords if name not in filter_.keywords[len(node.args) :]]
    if len(node.args) > filter_.most or unknown:
        yield _fault(f"'{node.name}' has wrong values", unknown[0] if unknown else
                     node.args[filter_.most], f"write {filter_.usage}")  # fmt: skip
        return
    for name, value in (positional | dict(node.keywords)).items():
        yield from _argument(node, name, value)
    if node.name == "money" and "currency" not in positional | dict(node.keywords) and not written.currency:
        yield _fault("the project has no currency", node, "set 'currency: EUR' in project.yaml, or write money('EUR')")


def _misfit(node: tree.Filter, base: Property) -> Iterator[Diagnostic]:
    defect, never = _MISFITS[node.name]
    kind = base.type or ("object" if base.fields else "array" if base.items else None)
    if isinstance(node.base, tree.Const) and isinstance(node.base.value, str) and defect == "not a date":
        if read_date(node.base.value) is None:
            yield _fault(f"'{node.base.value}' is not a date", node.base, "write year-month-day, such as '2025-03-01'")
    elif kind in never:
        hint = {
            "not a date": "give it a date or a date-time", "no time of day": "give it a date-time",
            "not a number": "give it a number; of a list 'length' is one", "not a list": "give it a list",
        }[defect]  # fmt: skip
        verb = "has" if defect == "no time of day" else "is"
        yield _fault(f"'{node.name}' cannot write {_NOUNS[kind or '']}, which {verb} {defect}", node.base, hint)


def _argument(node: tree.Filter, name: str, value: tree.Expr) -> Iterator[Diagnostic]:
    if not isinstance(value, tree.Const):
        return  # calculated: seen when it is rendered
    match name:
        case "format" if not isinstance(value.value, str):
            yield _fault(
                f"{value.value!r} is not a pattern for '{node.name}'", value, f"write {READER_FILTERS[node.name].usage}"
            )
        case "format":
            try:
                check_pattern(str(value.value), node.name)
            except PatternError as error:
                yield _fault(str(error), value, error.hint)
        case "digits" if type(value.value) is not int or not 0 <= value.value <= MAX_DIGITS:
            yield _fault(
                f"'digits' must be a whole number from 0 to {MAX_DIGITS}", value, f"write {node.name}(digits=2)"
            )
        case "style" if value.value not in LIST_STYLES:
            yield _fault(
                f"a list has no style {value.value!r}", value, did_you_mean(str(value.value), LIST_STYLES, "styles")
            )
        case "currency" if value.value not in known_currencies():
            upper = str(value.value).strip().upper()
            hint = f"write '{upper}'" if upper in known_currencies() else "write its three letters, such as 'EUR'"
            yield _fault(f"{value.value!r} is not a currency", value, hint)


def _plural(node: tree.Filter, written: TextLocale) -> Iterator[Diagnostic]:
    usage = f"write {READER_FILTERS['plural'].usage}"
    for value in node.args[:1]:
        yield _fault("'plural' needs the name of each form", value, usage)
    forms = dict(node.keywords)
    for name, value in node.keywords:
        if name not in PLURALS:
            close = nearest(name, PLURALS)
            suggestion = f"did you mean '{close}'? " if close else ""
            yield _fault(f"'plural' has no form '{name}'", value, f"{suggestion}its forms: {', '.join(PLURALS)}")
    if "other" not in forms and not node.args and set(forms) <= set(PLURALS):
        yield _fault("'plural' needs the form 'other', which every language has", node, usage)
        return
    forms_of_locale = plural_forms(written.locale)
    if forms_of_locale is None or "other" not in forms:
        return
    possible, usual = forms_of_locale
    for name, value in node.keywords:
        if name in PLURALS and name not in possible:
            number = {"zero": 0, "one": 1, "two": 2}.get(name)
            remark = f"; for {number} itself write {{% if ... == {number} %}}" if number is not None else ""
            yield Diagnostic("MSG021", f"no number has the form '{name}' in '{written.locale}'", value.span, "warning",
                             f"its forms: {_listed(possible)}{remark}")  # fmt: skip
    missing = usual - set(forms)
    if missing:
        call = ", ".join(f"{name}=..." for name in PLURALS if name in usual | {"other"})
        yield Diagnostic("MSG021", (
            f"in '{written.locale}' numbers also have the form {_listed(missing, quoted=True)}; without it "
            "'other' is used"
        ), node.span, "warning", f"write plural({call})")  # fmt: skip


def _listed(names: frozenset[str], quoted: bool = False) -> str:
    ordered = [f"'{name}'" if quoted else name for name in PLURALS if name in names]
    return ", ".join(ordered)


def _fault(message: str, node: tree.Expr, hint: str) -> Diagnostic:
    return Diagnostic("MSG020", message, node.span, hint=hint)
