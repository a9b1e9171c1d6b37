"""The candidates for a place of a template that is being written, and the names that its expressions can use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scenario_cli.editor.expressions import Candidate, in_expression, in_statement, value_at_end
from scenario_cli.editor.project import View
from scenario_cli.language.names.metrics import catalogue
from scenario_cli.language.names.scopes import scopes_of
from scenario_cli.language.names.shapes import Scope
from scenario_cli.model.project import Property


def in_template(view: View, path: str, text: str, offset: int) -> Iterator[Candidate]:
    opening = _open_brace(text, offset)
    if opening is None:
        yield from _fields(view, path, text, offset)
    elif text[opening + 1] != "#":
        written, scope = text[opening + 2 : offset], _of_template(view, path)
        if text[opening + 1] == "%":
            yield from in_statement(written, scope, view.project, offset)
        else:
            yield from in_expression(written, scope, view.project, offset, in_template=True)


def value_in_template(view: View, path: str, text: str, offset: int) -> Property | None:
    """The value that a name of a template reads from another, by the end of the name."""
    opening = _open_brace(text, offset)
    return value_at_end(text[opening + 2 : offset], _of_template(view, path)) if opening is not None else None


def _fields(view: View, path: str, text: str, offset: int) -> Iterator[Candidate]:
    """The fields of the front matter that other templates of the channel have."""
    before, behind = text[:offset], text[offset:]
    typed = re.fullmatch(r"---[ \t]*\r?\n(?:.*\n)*?(\w*)", before)
    if typed is None or re.search(r"\n---[ \t]*\r?\n", before) or not re.match(r"\s*(:|\r?\n|$)", behind):
        return
    parts = path.rpartition("/")[2].split(".")
    known = [name for other in view.project.templates if other.channel in parts[1:] for name in other.fields]
    here = set(re.findall(r"^(\w+):", text, re.MULTILINE))
    ending = "" if behind.lstrip(" ").startswith(":") else ": "
    for name in dict.fromkeys(known):
        if name not in here:
            yield Candidate(name, "key", "", offset - len(typed[1]), offset, name + ending)


_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}


def _open_brace(text: str, offset: int) -> int | None:
    """The offset of the braces around a place of a template; None outside of any."""
    closed = 0
    while opening := re.compile(r"\{[{%#]").search(text, closed, offset):
        closed = text.find(_CLOSING[opening[0]], opening.end(), offset) + 2
        if closed == 1:
            return opening.start()
    return None


def _of_template(view: View, path: str) -> Scope:
    """The scope of a template: the values that all messages with it pass, and those that its scenarios capture."""
    project = view.project
    scope = Scope(project.plan, catalogue(project))
    base = scope
    of_file = {
        (template.name, template.channel) for template in project.templates if f"templates/{template.path}" == path
    }
    for scenario in project.scenarios.values():
        for message in scenario.messages:
            if (message.template.text, message.channel.text) in of_file:
                scopes = scopes_of(scenario, base)
                quiet = scopes.quiet()
                handed = {name.text: scopes.shape(value, quiet) for name, value in message.values}
                triggers = tuple(dict.fromkeys((*scope.trigger, *quiet.trigger)))
                scope = replace(quiet, trigger=triggers, names={**scope.names, **quiet.names, **handed})
    return replace(scope.at(None), defined=frozenset())
