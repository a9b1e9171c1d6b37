"""The interface of every format: it returns the journeys of a file. Reads nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from scenario_cli.importing.journey import Journey
from scenario_cli.importing.ledger import Ledger
from scenario_cli.importing.vocabulary import Vocabulary
from scenario_cli.language.yaml_node import Node


@dataclass(slots=True)
class Imported:
    """The journeys of one file."""

    journeys: list[Journey] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Format:
    """A tool whose exports can be read. `looks_like` states whether a file could be an export; `read` raises `Damaged`
    if it is none.
    """

    tool: str
    noun: str  # such as "a Klaviyo flow"
    source: str  # how to get such a file
    looks_like: Callable[[Node], bool]
    read: Callable[[Node, Vocabulary, Ledger], Imported]
