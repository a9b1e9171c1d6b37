"""The order for a run, and the work that it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.store.definitions import Definitions
from scenario_cli.hosts.store.read_inputs import Reading
from scenario_cli.hosts.store.span import Span
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.project import Project

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class RunJob:
    """The order for a run.

    - `options` name the export, `history` one of the past; None if nothing is read.
    - `until` is the instant to go to, `began` the time of day as text.
    - `begin` is the start of a first run's span, None for the earliest event.
    - `from_now`: new parts of the definitions begin empty.
    - `accept_new_salt` continues even if the project's name or salt has changed.
    - `workers` is the number of processes by the number of contacts to process.
    """

    definitions: Definitions
    options: ExportOptions | None
    until: int
    began: str
    begin: int | None = None
    watermark: str | None = None
    history: ExportOptions | None = None
    from_now: bool = False
    accept_new_salt: bool = False
    workers: Callable[[int], int] = lambda contacts: 1

    @property
    def project(self) -> Project:
        """Today's project."""
        return self.definitions.project


@dataclass(frozen=True, slots=True)
class BegunRun:
    """A run whose head is written: its number, its span, its logs (None if nothing is new), its readings, and the
    digest of the program that it began under.
    """

    number: int
    span: Span
    staged: StagedLog | None
    history: StagedLog | None
    readings: tuple[Reading, ...]
    program: str
    resumed: bool = False
    notes: tuple[str, ...] = ()
