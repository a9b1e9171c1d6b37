"""The meaning of values of the model as plain data: equal if two files mean the same. Compares nothing.

Plain data are dictionaries, lists, texts, numbers, booleans and None. Parts without meaning for the executor are left
out: places, layout, titles, owners, descriptions, days of review, earlier names. So are fields with their default, so
that a version that adds a field gives the same data for a file that does not use it. Every other field of a dataclass
counts, also a field that is added later.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from scenario_cli.model.delivery import FileDrop, Smtp, Webhook
from scenario_cli.model.expression import Expression, Literal
from scenario_cli.model.expression_text import expression_text
from scenario_cli.model.metrics import Bins, Formula
from scenario_cli.model.policy import Cap, Exemption, QuietHours
from scenario_cli.model.project import Conventions, EventType, Exports, Project, Table, Template
from scenario_cli.model.scenario import Emitted, FirstOf, Message, Scenario, State
from scenario_cli.model.source import Name, Span
from scenario_cli.model.triggers import KINDS as TRIGGER_KINDS
from scenario_cli.model.triggers import OutcomeTrigger
from scenario_cli.model.waits import Wait

# Fields without meaning in every class.
IDLE = frozenset({"span", "title", "owner", "description", "reviewed", "was", "batch", "planned"})

# Fields that give a place in a file, or repeat other fields.
DERIVED: Mapping[type, frozenset[str]] = {
    Scenario: frozenset({"file", "digest", "define"}),
    State: frozenset({"written"}),
    Wait: frozenset({"text"}),
    Cap: frozenset({"text"}),
    Exports: frozenset({"spans"}),
    Table: frozenset({"file", "stored", "columns"}),
    Template: frozenset({"file", "path", "body_line"}),
    Project: frozenset({"root", "digest", "phase_spans", "faulty", "limits"}),
}

# Fields whose elements can be in any order.
UNORDERED: Mapping[type, frozenset[str]] = {
    Message: frozenset({"values", "tags"}),
    Emitted: frozenset({"values"}),
    OutcomeTrigger: frozenset({"outcomes"}),
    Wait: frozenset({"days"}),
    QuietHours: frozenset({"channels", "days", "programs", "scenarios", "tags"}),
    Exemption: frozenset({"channels", "programs", "scenarios", "tags"}),
    Cap: frozenset({"channels", "programs", "scenarios", "tags"}),
    EventType: frozenset({"required"}),
    Conventions: frozenset({"unsubscribe"}),
    Project: frozenset({"templates"}),
}

# Names of classes that can replace each other. An aggregate has a kind of its own.
KINDS: Mapping[type, str] = {
    **{kind: facts.word for kind, facts in TRIGGER_KINDS.items()},
    Message: "message",
    FirstOf: "first_of",
    Formula: "formula",
    Bins: "bins",
    Smtp: "smtp",
    Webhook: "webhook",
    FileDrop: "file",
}


def canonical(value: Any) -> Any:
    """The meaning of a scenario, policy, metric, segment, template, channel, tracking plan, project, or part of one.

    Mappings come out as dictionaries, whose order never counts; if the order of a file has meaning, there are lists.
    Raises `TypeError` for a value that is not of the model.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Name():
            return value.text
        case Expression():
            return {"expression": expression_text(value.root)}
        case Literal():
            return {"value": value.value}
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): canonical(element) for key, element in value.items()}
        case frozenset():
            return sorted(map(canonical, value), key=_text)
        case tuple() | list():
            return [canonical(element) for element in value]
    if not is_dataclass(value) or isinstance(value, type | Span):
        raise TypeError(f"{type(value).__name__} has no meaning of its own")
    return _fields(value)


def digest(value: Any) -> str:
    """SHA-256 of the meaning: to pin a definition, and to see whether two mean the same."""
    return hashlib.sha256(_text(canonical(value)).encode()).hexdigest()


def definition_of(scenario: Scenario) -> str:
    """The name of the definition that a journey of a scenario runs on: 16 hexadecimal digits of a hash of its meaning.

    It does not depend on the status, which is always today's, nor on the rule for running journeys.
    """
    return digest(replace(scenario, status="", in_flight="", migrate=()))[:16]


def _fields(value: Any) -> dict[str, Any]:
    kind: type = type(value)
    meanings: dict[str, Any] = {"kind": KINDS[kind]} if kind in KINDS else {}
    unordered = UNORDERED.get(kind, frozenset())
    for field_ in _meaningful(kind):
        content = getattr(value, field_.name)
        if content == _default(field_):
            continue
        if kind is Project and field_.name == "exports":
            meanings[field_.name] = _exports(content, value.root)
        else:
            meaning = canonical(content)
            meanings[field_.name] = sorted(meaning, key=_text) if field_.name in unordered else meaning
    if kind is Scenario:
        meanings["first"] = value.first.name  # states are in a dictionary, and their order decides where to begin
    return meanings


@cache
def _meaningful(kind: type) -> tuple[Field[Any], ...]:
    without = IDLE | DERIVED.get(kind, frozenset())
    return tuple(field_ for field_ in fields(kind) if field_.name not in without)


def _default(field_: Field[Any]) -> Any:
    return field_.default_factory() if field_.default_factory is not MISSING else field_.default


def _exports(exports: Exports, root: str) -> dict[str, Any]:
    """The exports with paths as project.yaml writes them, which hold in any folder."""
    meanings = _fields(exports)
    for name in ("events", "contacts"):
        if name in meanings:
            meanings[name] = [path.removeprefix(f"{root}{os.sep}") for path in meanings[name]]
    if exports.sources:
        meanings["sources"] = [_exports(source, root) for source in exports.sources]
    return meanings


def _text(meaning: Any) -> str:
    return json.dumps(meaning, sort_keys=True, separators=(",", ":"), default=str)
