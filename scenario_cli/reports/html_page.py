"""Fills a page's template with values, as HTML that needs no other files. Knows no report."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup, escape

from scenario_cli.model.plain_text import printable, without_steering

# Read as the same by a browser, and by no CI log and no terminal.
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BEGINS_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
_BRACKETED = re.compile(r"##(?=\w*\[)")

_REPORTS = "scenario_cli.reports"


def html_page(package: str, template: str = "page", /, **values: Any) -> str:
    """A page of a package of reports, by the name of its template. Every text is escaped; only `as_written` keeps marks
    of direction."""
    folder = package.removeprefix(f"{_REPORTS}.").replace(".", "/")
    page = _environment().get_template(f"{folder}/{template}.html.j2").render(**values) + "\n"
    page = _BEGINS_COMMAND.sub(r"\1&#58;", _BRACKETED.sub("#&#35;", page))
    return without_steering(_DIRECTION.sub(lambda match: f"&#{ord(match[0])};", page))


def look(name: str) -> Markup:
    """The style or the script that all pages share."""
    return Markup(_text(f"look/{name}"))


def as_written(text: str) -> Markup:
    """A text of a message, shown as its reader gets it, in the direction it is written in."""
    return escape(text)


@cache
def _environment() -> jinja2.Environment:
    """Templates name each other by their paths below `reports/`, so that pages share a frame and its parts."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, finalize=_harmless, loader=jinja2.FunctionLoader(_text)
    )
    environment.globals.update(look=look, Markup=Markup)
    return environment


@cache
def _text(path: str) -> str:
    return files(_REPORTS).joinpath(path).read_text(encoding="utf-8")


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(map(printable, value.split("\n")))
    return value
