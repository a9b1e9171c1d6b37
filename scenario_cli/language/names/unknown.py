"""Unknown names: the finding, with the probable meaning and, if that is certain, the fix."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from scenario_cli.language.edit.fixes import renamed
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.source import Name


def unknown_name(code: str, noun: str, name: Name | Node, declared: Iterable[str], plural: str) -> Iterator[Diagnostic]:
    """Reports a name that is not known; `plural` is the kind of the known names."""
    names = set(declared)
    if name.text and name.text not in names:  # an empty name is reported with the shape of the file
        kind = noun if code == "REF004" else code
        hint = with_next_step(kind, did_you_mean(name.text, names, plural), name.text)
        if code == "REF015" and _CONDITION.search(name.text):
            hint = "a segment's name belongs here: define the condition under 'segments' in metrics.yaml"
        yield replace(misnamed(code, f"unknown {noun} '{name.text}'", name, names, plural), hint=hint)


_CONDITION = re.compile(r"[ <>=(]")


def misnamed(code: str, message: str, name: Name | Node, declared: Iterable[str], plural: str) -> Diagnostic:
    """The same with another message."""
    names = set(declared)
    hint = did_you_mean(name.text, names, plural)
    return Diagnostic(code, message, name.span, hint=hint, fix=renamed(name.text, name.span, names))


# Other remedies for an unknown name than to write a known name.
_NEXT_STEPS = {
    "REF001": "or declare it under 'events' in events.yaml",
    "REF002": "or add it under 'states'",
    "REF003": "or declare it under 'channels' in project.yaml",
    "REF005": "or declare it under 'programs' in project.yaml",
    "REF006": "or list it under 'phases' in project.yaml",
    "REF012": "or give it to a message: 'tags: [{name}]'",
    "REF014": "or define it under 'metrics' in metrics.yaml",
    "REF015": "or define it under 'segments' in metrics.yaml",
    "REF016": "or declare it under 'tables' in project.yaml",
    "REF021": "or declare it under 'constants' in project.yaml",
    "property": "or declare it in events.yaml, under 'properties' of the event",
    "attribute": "or declare it under 'profile' in events.yaml",
    "column": "or add the column to the table's file",
}


def with_next_step(code: str, hint: str, name: str = "") -> str:
    """A hint about an unknown name with how to make it known; `code` can be a kind of name that shares its code."""
    step = _NEXT_STEPS.get(code)
    return f"{hint}; {step.format(name=name)}" if step is not None else hint
