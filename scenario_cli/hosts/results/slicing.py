"""Divides journeys by the period in which they began, and by the contact's values at that time. Counts none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from scenario_cli.analysis.periods import first_day_of
from scenario_cli.engine.calendar import wall_of, zone
from scenario_cli.engine.compile.program import Program
from scenario_cli.engine.survey import look, values_of
from scenario_cli.hosts.replay import Replay, states_at
from scenario_cli.hosts.results.sent_messages import SentMessage
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.expression import Expression
from scenario_cli.model.metrics import Formula, Metric
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Ended, Entered, Moved, Record
from scenario_cli.model.results_report import Cut, Slice
from scenario_cli.model.waits import DAY

_FIRST_DAY = date(1970, 1, 1).toordinal()
_LONGEST = 60  # characters of a value


def with_values(project: Project, expressions: Iterable[Expression]) -> Project:
    """The project with a metric for each expression, so that its value is the same as in a scenario."""
    metrics = {_name(number): Metric(_name(number), expression.span, Formula(expression))
               for number, expression in enumerate(expressions)}  # fmt: skip
    return replace(project, metrics={**project.metrics, **metrics})


def surveyed(cut: Cut) -> tuple[str, ...] | None:
    """The metrics that `with_values` gave a project for the values; None if no value divides journeys."""
    return tuple(_name(number) for number in range(len(cut.values))) or None


def _name(number: int) -> str:
    return f"value {number} at entry"  # a name that no file can use


class Slicing:
    """Puts each journey of a contact in its slice."""

    def __init__(self, job: Replay, cut: Cut, program: Program, broadcasts: Sequence[Event]) -> None:
        self.job, self.cut, self.program, self.broadcasts = job, cut, program, broadcasts
        zone_of_project = zone(job.project.timezone)
        assert zone_of_project is not None
        self.zone = zone_of_project

    def slices(
        self, log: ContactLog, records: Iterable[Record], sent: Iterable[SentMessage]
    ) -> dict[Slice, tuple[list[Record], list[SentMessage]]]:
        """The records of a contact's journeys and its messages by slice; records and messages without a journey are in
        none.
        """
        entered = [record for record in records if isinstance(record, Entered)]
        values = self._values(log, sorted({each.at for each in entered})) if self.cut.values else {}
        by_journey = {each.journey_id: (self._period(each.at), values.get(each.at, ())) for each in entered}
        by_slice: dict[Slice, tuple[list[Record], list[SentMessage]]] = {}
        for record in records:
            if isinstance(record, Entered | Moved | Asked | Converted | Ended):
                by_slice.setdefault(by_journey[record.journey_id], ([], []))[0].append(record)
        for each in sent:
            if each.journey is not None:
                by_slice[by_journey[each.journey]][1].append(each)
        return by_slice

    def _period(self, at: int) -> str:
        return _first_day(wall_of(at, self.zone) // DAY, self.cut.every) if self.cut.every else ""

    def _values(self, log: ContactLog, instants: Sequence[int]) -> dict[int, tuple[str | None, ...]]:
        survey, job = self.program.survey, self.job
        assert survey is not None
        values = {}
        states = states_at(self.program, log, instants, job.begins, self.broadcasts, job.start)
        for at, state in zip(instants, states, strict=True):
            look(state, at)
            values[at] = tuple(map(_text, values_of(survey.metrics, state)))
        return values


@lru_cache(maxsize=4_096)
def _first_day(day: int, every: str) -> str:
    return first_day_of(date.fromordinal(_FIRST_DAY + day), every).isoformat()


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
