"""Replays a log through both sides of a change in one pass, contact by contact, and counts the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from scenario_cli.analysis.changes.touching import Touching
from scenario_cli.engine.compile.program import Program, compile_program
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.tables import Tables
from scenario_cli.events.staged import ContactRange, StagedLog
from scenario_cli.hosts.compare.caps import may_bind
from scenario_cli.hosts.compare.counts import ImpactCounts
from scenario_cli.hosts.compare.matching import match, match_updates
from scenario_cli.hosts.compare.tally import SideTally, Tally, Tallying
from scenario_cli.hosts.compare.texts import Texts, are_rendered
from scenario_cli.hosts.parts import over_parts, parts_of, rarely_collecting
from scenario_cli.hosts.replay import Progress, feed
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.impact import Asked as Shown
from scenario_cli.model.impact import Difference, Pair, Set, UpdateDifference, UpdatePair
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Ended, Entered, Held, Moved, Record, Refused, Updated


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two projects to replay over one log, the instant from which contacts can enter, the end, and the log's first
    instant.

    `touching` has the contacts for whom the sides can differ, `renamed` has the new names of renamed scenarios by their
    old ones.
    """

    before: Project
    after: Project
    touching: Touching
    start: int | None
    until: int
    begins: int | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)


def running(project: Project) -> tuple[str, ...]:
    """The scenarios of a side that a comparison runs: those that run if none are named."""
    return tuple(scenario.name for scenario in project.scenarios.values() if scenario.runs)


def compare(job: Comparison, staged: StagedLog, workers: int, progress: Progress | None = None) -> ImpactCounts:
    """Replays the log through both sides. The result does not depend on the number of workers. Contacts that were left
    out of the log count as contacts without records on either side."""
    parts = parts_of(staged, workers)
    total = _nothing(job)
    total.common.contacts = staged.left_out
    for count, counts in enumerate(over_parts(partial(_prepare, job, staged), _compare_part, parts, workers), 1):
        total.merge(counts)
        if progress is not None:
            progress("comparing", count, len(parts))
    return total


def _nothing(job: Comparison) -> ImpactCounts:
    common, before, after = (
        SideTally({name: Tally() for name in running(side)}) for side in (job.before, job.before, job.after)
    )
    return ImpactCounts(common, before, after)


class Side:
    """A side made ready to run."""

    def __init__(self, project: Project, tables: Tables, broadcasts: Sequence[Event], rows: bool = True) -> None:
        self.project = project
        self.program: Program = compile_program(project, running(project), tables, rows)
        self.writer = RowWriter(project, tables)
        self.broadcasts = [event for event in broadcasts if event.name in self.program.broadcasts]
        self.updates = any(act.update for name in running(project) for act in project.scenarios[name].acts)

    def tallying(self) -> Tallying:
        return Tallying(self.project, running(self.project))


class Compared:
    """Counts one contact after the other on both sides."""

    def __init__(self, job: Comparison, before: Side, after: Side) -> None:
        self.job = job
        self.before, self.after = before, after
        self.updating = before.updates or after.updates
        self.texts = Texts((before.project, after.project), (before.writer, after.writer), job.touching.texts)
        self.common, self.old, self.new = before.tallying(), before.tallying(), after.tallying()
        self.counts = ImpactCounts(self.common.total, self.old.total, self.new.total)

    def add(self, log: ContactLog) -> None:
        """Replays and counts a contact: on both sides if the change can reach it."""
        state, records = self.feed(self.before, log)
        contact_id = state.contact_id
        if not self.reaches(log, state, records):
            self._add_texts(state, records, self.common.add(records, contact_id))
            return
        other_state, other_records = self.feed(self.after, log)
        received = self.old.add(records, contact_id), self.new.add(other_records, contact_id)
        timezone, differing = other_state.zone.key, 0
        if self.texts.changed or not _alike(records, other_records):
            pairs = self.pairs(contact_id, records, other_records)
            differing = sum(pair.difference != "same" for pair in pairs)
            self.counts.add(contact_id, timezone, pairs, received)
        if self.updating:
            self.counts.add_updates(contact_id, timezone, self.updates(records, other_records), differing)

    def feed(self, side: Side, log: ContactLog) -> tuple[ContactState, list[Record]]:
        """All records of a contact on one side."""
        job = self.job
        return feed(side.program, log, job.start, job.until, job.begins, side.broadcasts)

    def reaches(self, log: ContactLog, state: ContactState, records: Sequence[Record]) -> bool:
        """Whether the sides can differ for a contact, given its records on the old side."""
        touching = self.job.touching
        if touching.everybody or (touching.events and any(event.name in touching.events for event in log.events)):
            return True
        tried, entered, messages = touching.tried, touching.entered, touching.messages
        if tried and not tried.isdisjoint(state.unadmitted):
            return True
        if touching.states and self._stayed(records):
            return True
        for record in records:
            if isinstance(record, Entered):
                if record.scenario in entered or record.scenario in tried:
                    return True
            elif isinstance(record, Refused):
                if record.scenario in tried:
                    return True
            elif messages and isinstance(record, Asked | Held):
                return True
        return bool(touching.caps) and may_bind(touching.caps, records)

    def _stayed(self, records: Sequence[Record]) -> bool:
        """Whether a journey was in a state that changed for as long as the change takes to show."""
        states = self.job.touching.states
        inside: dict[str, tuple[int, int]] = {}  # since when, and how long it takes, by journey
        for record in records:
            if isinstance(record, Moved | Ended):
                since, least = inside.pop(record.journey_id, (0, 0))
                if least and record.at - since >= least:
                    return True
                stay = states.get((record.scenario, record.target)) if isinstance(record, Moved) else None
                if stay == 0:
                    return True
                if stay is not None:
                    inside[record.journey_id] = record.at, stay
        return any(self.job.until - since >= least for since, least in inside.values())

    def pairs(self, contact_id: str, before: Sequence[Record], after: Sequence[Record]) -> list[Pair]:
        """The messages of a contact that left on at least one side, each with its counterpart."""
        old = [record for record in before if isinstance(record, Asked)]
        new = [record for record in after if isinstance(record, Asked)]
        matched = match(old, new, self.job.renamed)
        return [
            self._pair(contact_id, older, newer) for older, newer in matched if _was_sent(older) or _was_sent(newer)
        ]

    def updates(self, before: Sequence[Record], after: Sequence[Record]) -> list[UpdatePair]:
        """The changes of a contact's attributes on both sides, each with its counterpart."""
        old = [record for record in before if isinstance(record, Updated)]
        new = [record for record in after if isinstance(record, Updated)]
        return [self._update(older, newer) for older, newer in match_updates(old, new, self.job.renamed)]

    def _update(self, older: Updated | None, newer: Updated | None) -> UpdatePair:
        update = newer or older
        assert update is not None
        scenario = self._new_name(update.scenario) if newer is None else update.scenario
        return UpdatePair(_update_difference(older, newer), scenario, update.attribute, _set(older), _set(newer))

    def _new_name(self, scenario: str) -> str:
        return self.job.renamed.get(scenario, scenario)

    def _pair(self, contact_id: str, older: Asked | None, newer: Asked | None) -> Pair:
        message = newer or older
        assert message is not None
        scenario = self._new_name(message.scenario) if newer is None else message.scenario
        other_text = False
        if older is not None and newer is not None and not older.reason and not newer.reason:
            other_text = self._other_text(contact_id, older, newer)
        difference = _difference(older, newer)
        if difference == "same" and other_text:
            difference = "other_text"
        return Pair(difference, scenario, message.channel, _side(older), _side(newer), other_text)

    def _other_text(self, contact_id: str, older: Asked, newer: Asked) -> bool:
        differ, fails = self.texts.differ(contact_id, older, newer)
        if fails:
            self.counts.unrendered(newer.scenario, newer.channel)
        return differ

    def _add_texts(self, state: ContactState, records: Sequence[Record], received: int) -> None:
        """Counts the messages of a contact who receives the same, as far as their templates changed."""
        if not self.texts.changed:
            return
        messages = [record for record in records if isinstance(record, Asked) and not record.reason]
        if any(self.texts.may_differ(record) for record in messages):
            pairs = [self._pair(state.contact_id, record, record) for record in messages]
            self.counts.add(state.contact_id, state.zone.key, pairs, (received, received))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The values that a process needs for every part that it compares."""

    job: Comparison
    staged: StagedLog
    before: Side
    after: Side


def _prepare(job: Comparison, staged: StagedLog) -> _Prepared:
    rendering = are_rendered((job.before, job.after), job.touching)
    return _Prepared(job, staged, *sides_of(job, staged, rendering))


def sides_of(job: Comparison, staged: StagedLog, rendering: bool) -> tuple[Side, Side]:
    """Both sides, made ready to run over a log, with the values that texts read if any are rendered."""
    plans = job.before.plan, job.after.plan
    has_broadcasts = any(event.broadcast for plan in plans for event in plan.events.values())
    broadcasts = [*staged.broadcasts()] if has_broadcasts else []
    before, after = (Side(project, load_tables(project), broadcasts, rendering) for project in (job.before, job.after))
    return before, after


def _compare_part(prepared: _Prepared, part: ContactRange) -> ImpactCounts:
    compared = Compared(prepared.job, prepared.before, prepared.after)
    with rarely_collecting():
        for log in prepared.staged.stream(part):
            compared.add(log)
    return compared.counts


def _difference(older: Asked | None, newer: Asked | None) -> Difference:
    if newer is None or older is None:
        return "only_before" if newer is None else "only_after"
    if bool(older.reason) != bool(newer.reason):
        return "dropped_now" if newer.reason else "no_longer_dropped"
    return "moved" if older.at != newer.at else "same"


def _update_difference(older: Updated | None, newer: Updated | None) -> UpdateDifference:
    if newer is None or older is None:
        return "only_before" if newer is None else "only_after"
    if older.after != newer.after:
        return "other_value"
    return "moved" if older.at != newer.at else "same"


def _set(update: Updated | None) -> Set | None:
    return None if update is None else Set(update.at, update.state, update.after)


def _was_sent(message: Asked | None) -> bool:
    return message is not None and not message.reason


def _side(message: Asked | None) -> Shown | None:
    return None if message is None else Shown(message.at, message.state, message.template, message.reason)


def _alike(before: Sequence[Record], after: Sequence[Record]) -> bool:
    """Whether both sides request the same messages under the same names, so that no pair differs."""
    old_messages, new_messages = (
        [
            (record.scenario, record.at, record.state, record.channel, record.template, record.reason, record.key)
            for record in records
            if isinstance(record, Asked)
        ]
        for records in (before, after)
    )
    return old_messages == new_messages
