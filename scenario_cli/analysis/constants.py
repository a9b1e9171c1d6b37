"""The readers of each constant of a project: scenarios, metrics, segments, the policy, channels, templates. Runs
nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scenario_cli.model.expression import expressions_in
from scenario_cli.model.project import Project

_IN_TEXT = re.compile(r"\bconst(?:\.(\w+)|\[\s*['\"](\w+)['\"]\s*\])")


def constant_readers(project: Project) -> dict[str, tuple[str, ...]]:
    """The readers of each constant in words, in the order of the project."""
    readers_by_name: dict[str, dict[str, None]] = {name: {} for name in project.constants}
    for reader, name in _readings(project) if readers_by_name else ():
        if name in readers_by_name:
            readers_by_name[name][reader] = None
    return {name: tuple(readers) for name, readers in readers_by_name.items()}


def constant_text(value: Any) -> str:
    """A constant's value as project.yaml could write it on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _readings(project: Project) -> Iterator[tuple[str, str]]:
    parts: Mapping[str, Mapping[str, Any]] = {
        "scenario": project.scenarios, "metric": project.metrics, "segment": project.segments,
        "channel": project.channels,
    }  # fmt: skip
    for kind, members in parts.items():
        for name, part in members.items():
            yield from ((f"{kind} {name}", constant) for constant in constants_read(part))
    yield from (("policy", constant) for constant in constants_read(project.policy))
    texts = [(path, text) for path, text in project.texts.items()]
    texts += [(template.path, field.text) for template in project.templates for field in template.fields.values()]
    for path, text in sorted(texts):
        for dotted, quoted in _IN_TEXT.findall(text):
            yield f"templates/{path}", dotted or quoted


def constants_read(part: object) -> Iterator[str]:
    """The constants that expressions within a value of the model are written with."""
    for expression in expressions_in(part):
        for reference in expression.names:
            owner, _, name = reference.name.partition(".")
            if owner == "const":
                yield name
