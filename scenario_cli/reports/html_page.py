"""A page's template filled with values, as HTML that needs nothing beside itself. Knows no report."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup, escape

from scenario_cli.model.plain_text import printable, without_steering

# Read as the same by a browser, and by no CI log and no terminal.
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BEGINS_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
_BRACKETED = re.compile(r"##(?=\w*\[)")


def html_page(package: str, undefined: type[jinja2.Undefined] = jinja2.StrictUndefined, **values: Any) -> str:
    """The page `page.html.j2` of a package. Every text is escaped; only `as_written` keeps marks of direction."""
    template = files(package).joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=undefined, finalize=_harmless)
    page = environment.from_string(template).render(**values) + "\n"
    page = _BEGINS_COMMAND.sub(r"\1&#58;", _BRACKETED.sub("#&#35;", page))
    return without_steering(_DIRECTION.sub(lambda match: f"&#{ord(match[0])};", page))


def as_written(text: str) -> Markup:
    """A text of a message, shown as its reader gets it, in the direction it is written in."""
    return escape(text)


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(map(printable, value.split("\n")))
    return value
