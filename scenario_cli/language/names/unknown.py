"""Names that nothing has: the finding, with what was probably meant and, where that is sure, the mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scenario_cli.language.edit.fixes import renamed
from scenario_cli.language.reader import Node
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.source import Name


def unknown_name(code: str, noun: str, name: Name | Node, known: Iterable[str], plural: str) -> Iterator[Diagnostic]:
    """A name that is none of those known; `plural` says what those are."""
    names = set(known)
    if name.text not in names:
        yield misnamed(code, f"unknown {noun} '{name.text}'", name, names, plural)


def misnamed(code: str, message: str, name: Name | Node, known: Iterable[str], plural: str) -> Diagnostic:
    """The same in words of its own."""
    names = set(known)
    hint = did_you_mean(name.text, names, plural)
    return Diagnostic(code, message, name.span, hint=hint, fix=renamed(name.text, name.span, names))
