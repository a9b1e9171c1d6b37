"""Reads the files of an import into journeys and an account of them. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scenario_cli.importing.cases import PROFILE_EVENT
from scenario_cli.importing.formats import FORMATS
from scenario_cli.importing.journey import Journey
from scenario_cli.importing.json_nodes import Damaged
from scenario_cli.importing.ledger import Ledger
from scenario_cli.importing.loops import mend
from scenario_cli.importing.scenario_file import name_states, settle_remarks
from scenario_cli.importing.sources import read_source
from scenario_cli.importing.vocabulary import Vocabulary


@dataclass(slots=True)
class Import:
    """Everything that was read: the journeys, their needs, and the result for each node."""

    journeys: list[Journey] = field(default_factory=list)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    ledger: Ledger = field(default_factory=Ledger)


def read_import(tool: str, files: Sequence[Path]) -> Import:
    """The journeys of the files. Raises `Damaged` if a file cannot be read or is not from the tool."""
    format_ = FORMATS[tool]
    result = Import()
    project_head = result.ledger.head
    for path in files:
        root = read_source(path)
        if not format_.looks_like(root):
            other = next((name for name, each in FORMATS.items() if each.looks_like(root)), None)
            hint = f"it looks like {FORMATS[other].noun}: write 'scenario import {other}'" if other else format_.source
            raise Damaged(f"this is not {format_.noun}", root.span, hint)
        result.ledger.begin(project_head)
        result.journeys += format_.read(root, result.vocabulary, result.ledger).journeys
    result.ledger.begin(project_head)
    for journey in result.journeys:
        mend(journey)
        name_states(journey)
        settle_remarks(journey)
    if any(trigger.profile for journey in result.journeys for trigger in journey.triggers):
        result.vocabulary.event(PROFILE_EVENT)
    return result
