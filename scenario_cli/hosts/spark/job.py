"""The content of a Spark job: the project, its tables, and how its export is read. Imports nothing of Spark.

All values that the tasks of a job need are in one object, which a Python worker makes once.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from scenario_cli.analysis.needs import wanted_attributes, wanted_events
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.tables import Tables
from scenario_cli.events.decoding import KNOWN_SINCE
from scenario_cli.events.errors import ExportError
from scenario_cli.events.parts import Part, log_parts, table_parts
from scenario_cli.events.sources import GENERIC
from scenario_cli.events.staging_tables import Target
from scenario_cli.events.targets import events_target, people_target
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.event import Event
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.project import EventType, Project


@dataclass(frozen=True, slots=True)
class Side:
    """The events of an export, or its contacts table: the format of its files, and their columns."""

    part: Part
    target: Target


@dataclass(frozen=True, slots=True)
class SparkJob:
    """The values that every task of a job needs. The scenarios run by name; those in `reported` are counted.

    `rows` requests the messages themselves. Tasks refuse to work with another version of this package.
    """

    project: Project
    tables: Tables
    scenarios: tuple[str, ...]
    reported: tuple[str, ...]
    events: Side
    people: Side
    rows: bool
    tool: str

    def program(self) -> Program:
        """The compiled program. Raises `ExportError` if the worker has another version of this package."""
        own = version("scenario-cli")
        if own != self.tool:
            raise ExportError(
                f"a worker has scenario-cli {own}, the driver {self.tool}", "install the same version on every machine"
            )
        return compile_program(self.project, self.scenarios, self.tables, self.rows)


@dataclass(frozen=True, slots=True)
class ReplaySpan:
    """The known facts about the whole log before it is replayed: the instant from which contacts can enter, its last
    and first instants, its broadcasts, and a bound on the bytes of the texts of one event.
    """

    start: int | None
    until: int
    begins: int | None
    broadcasts: Sequence[Event]
    longest: int


def spark_job(
    project: Project, scenarios: tuple[str, ...], reported: tuple[str, ...], options: ExportOptions, rows: bool
) -> SparkJob:
    """The job of a replay. Raises `ExportError` for options that only hold for a whole export, and for tables."""
    _refuse_whole_export_options(options)
    selected = [project.scenarios[name] for name in scenarios]
    options = replace(options, source=options.source or GENERIC)
    types_by_event = wanted_events(project, selected, rows)
    attributes = {KNOWN_SINCE: "datetime", **wanted_attributes(project)}
    events = project.plan.events
    keys = [part.name for scenario in selected for part in scenario.key_properties]
    return SparkJob(
        project,
        load_tables(project),
        scenarios,
        reported,
        Side(
            log_parts(options, types_by_event)[0],
            events_target(options, types_by_event, _named(events, "broadcast"), _named(events, "profile"), keys),
        ),
        Side(table_parts(options, attributes)[0], people_target(options, attributes)),
        rows,
        version("scenario-cli"),
    )


def _named(events: Mapping[str, EventType], mark: str) -> list[str]:
    return [name for name, event in events.items() if getattr(event, mark)]


# Options that concern all rows of an export at once, and their replacements in Spark.
_WHOLE_ALONE = (
    ("dedupe", "--dedupe", "drop repeated rows first, with DataFrame.dropDuplicates()"),
    ("group", "--group", "group the lines of an order first, with groupBy and collect_list"),
    ("query", "--query", "read the table with Spark first, and give its DataFrame"),
    ("rejects", "--rejects", "look at unusable rows with 'scenario events check' on a part of the export"),
    ("sources", "several 'exports' in project.yaml", "bring them to the same columns first, and join them with union"),
)


def _refuse_whole_export_options(options: ExportOptions) -> None:
    for name, label, remedy in _WHOLE_ALONE:
        if getattr(options, name):
            raise ExportError(f"{label} is not there on Spark, where each task sees a part of the export", remedy)


class Shipped:
    """A job as it travels, with the tasks themselves: in bytes, taken apart once in each worker.

    Spark's broadcast variables cannot be used here: they are not available when it sets up a stream.
    """

    def __init__(self, job: SparkJob) -> None:
        self._data = zlib.compress(pickle.dumps(job), level=1)
        self._digest = hashlib.sha256(self._data).hexdigest()

    @property
    def value(self) -> SparkJob:
        """The job, the same object for every task that asks in this process."""
        if self._digest not in _unpacked:
            _unpacked.clear()  # a worker serves one job after the other
            _unpacked[self._digest] = pickle.loads(zlib.decompress(self._data))
        return _unpacked[self._digest]


_unpacked: dict[str, SparkJob] = {}
