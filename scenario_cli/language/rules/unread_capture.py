"""FLOW022: a captured value, or a name of `define`, that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import lru_cache

from scenario_cli.language.forgetting import of_texts
from scenario_cli.language.names.scopes import Scopes
from scenario_cli.language.rules.support.rule import Findings, Rule
from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.contents import sources
from scenario_cli.model.expression import Ref, walk
from scenario_cli.model.source import Name

_WORD = re.compile(r"[A-Za-z_]\w*")


def check(subject: Subject) -> Findings:
    yield from _captured(subject)
    used_names = {
        definition_name.name for scoped in subject.scoped_expressions for definition_name in scoped.expression.names
    }
    for definition in subject.scenario.define:
        if definition.name.text not in used_names:
            yield RULE.finding(
                f"'{definition.name}' is defined here but never used",
                definition.name.span,
                hint="remove it, or use it in a condition or a value",
            )


def _captured(subject: Subject) -> Findings:
    captured = list(Scopes.captured_names(subject.scenario))
    if not captured:
        return
    names_read = {
        node.name
        for scoped in subject.scoped_expressions
        for node in walk(scoped.expression.root)
        if isinstance(node, Ref)
    }
    unread = [name for name in captured if not _is_among(name, names_read)]
    for words in _words_of_templates(subject):
        if not unread:
            return
        unread = [name for name in unread if not _is_among(name, words)]
    reported: set[str] = set()
    for name in unread:
        if name.text not in reported:
            reported.add(name.text)
            yield RULE.finding(
                f"'{name}' is captured here but never used",
                name.span,
                hint="remove it, or use it in a condition or a template",
            )


def _is_among(name: Name, words: Set[str]) -> bool:
    return name.text in words or name.text.lower() in words


def _words_of_templates(subject: Subject) -> Iterator[Set[str]]:
    for _, message in subject.messages:
        for template in subject.overview.templates_of(message):
            for source in sources(template.body, subject.overview.texts):
                yield _words(source, in_lower_case=True)
            for text in template.head:
                yield _words(text.text)


@of_texts
@lru_cache(maxsize=10_000)
def _words(text: str, in_lower_case: bool = False) -> frozenset[str]:
    """The words of a text; a layout that every e-mail extends is searched once."""
    return frozenset(_WORD.findall(text.lower() if in_lower_case else text))


RULE = Rule(
    code="FLOW022",
    name="unread-capture",
    severity="info",
    finds=(
        "a value under 'set' or 'collect' that no expression or template uses, or a name under 'define' that "
        "no expression uses"
    ),
    because="it is stored with every journey for nothing, or its use was forgotten",
    mend="remove it, or use it",
    example="""\
states:
  waiting:
    set: {cart: =event}
    after: {1d: {end: over}}
""",
    instead="""\
states:
  waiting:
    set: {cart: =event}
    choose:
      cart.total > 80: {end: large}
      else: {end: small}
""",
    check=check,
)
