"""Messages that left: those of a replay, which reached nobody; else those of a log or an outbox, joined to journeys and
with the reactions to them. Counts none.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scenario_cli.analysis.message_index import MessageIndex, Sendable, Unjoined, fits
from scenario_cli.model.event import Event
from scenario_cli.model.message_events import MessageEvents
from scenario_cli.model.project import Project
from scenario_cli.model.records import Asked, Converted, Entered, Record
from scenario_cli.model.results_report import Joined
from scenario_cli.model.waits import DAY

# The time after a message in which an unsubscribe counts for it.
_UNSUBSCRIBED_WITHIN = 7 * DAY
# Why a reaction has no message: the log has no such message, or no message came shortly before.
NOT_SENT, LONG_AFTER = "not_sent", "long_after"
_MOST_NAMES = 1_000  # that are kept apart; further names are counted together, without a name

# A place in a contact's history: the instant, and the order within the instant.
Order = tuple[int, int]
_LAST = 1 << 62


@dataclass(slots=True)
class SentMessage:
    """A message that left, with its journey, None if the contact has no journey in its scenario."""

    order: Order
    message: Sendable
    journey: str | None
    id: str = ""
    opened: bool = False
    clicked: bool = False
    unsubscribed: bool = False


def of_replay(records: Sequence[Record], counts: Callable[[Asked], bool]) -> list[SentMessage]:
    """The messages of a replay that count."""
    return [
        SentMessage(
            (record.at, place),
            Sendable(record.scenario, record.state, record.channel, record.template, record.purpose == "marketing"),
            record.journey_id,
        )
        for place, record in enumerate(records)
        if isinstance(record, Asked) and not record.reason and counts(record)
    ]


def credited(records: Sequence[Record], sent: Iterable[SentMessage]) -> dict[int, SentMessage]:
    """The message that each conversion is credited to, the last of its journey before, by the identity of its record.
    Conversions without a message are left out.
    """
    of_journey: dict[str, list[SentMessage]] = {}
    for each in sent:
        if each.journey is not None:
            of_journey.setdefault(each.journey, []).append(each)
    messages = {}
    for place, record in enumerate(records if of_journey else ()):
        if isinstance(record, Converted):
            before = of_journey.get(record.journey_id, [])
            count = bisect_left(before, (record.at, place), key=lambda each: each.order)
            if count:
                messages[id(record)] = before[count - 1]
    return messages


@dataclass(frozen=True, slots=True)
class Sending:
    """A message of an outbox that was handed over."""

    at: int
    message: Sendable
    id: str


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads events of one name and kind: `properties` by the fact they give, `only` the values that others must
    have.
    """

    kind: str
    properties: Mapping[str, str]
    only: tuple[tuple[str, Any], ...]
    channel: str | None

    def counts(self, event: Event) -> bool:
        return all(event.properties.get(name) == value for name, value in self.only)

    def facts(self, event: Event) -> dict[str, str]:
        facts = {} if self.channel is None else {"channel": self.channel}
        for key, name in self.properties.items():
            value = event.properties.get(name)
            if isinstance(value, str | int) and value != "":
                facts[key] = str(value)
        return facts


class Joining:
    """Joins the messages in a log to those of the shown scenarios, and notes in `joined` the rows that do not fit.

    Nothing before `start` (None: everything) or after `until` counts. If `sendings` come from an outbox, the log
    describes reactions alone.
    """

    def __init__(
        self, project: Project, events: MessageEvents, shown: Iterable[str], start: int | None, until: int,
        from_outbox: bool = False,
    ) -> None:  # fmt: skip
        self.index = MessageIndex(project, {called.text: meant.text for called, meant in events.names})
        self.scenarios = frozenset(shown)
        self.start, self.until = start, until
        self.joined = Joined()
        self.readers: dict[str, list[_Reader]] = {}
        for kind, event in events.all:
            declared = project.plan.events[event.event.text].properties
            if kind != "sent" or not from_outbox:
                only = tuple((name.text, value) for name, value in event.only)
                reader = _Reader(kind, event.properties(declared), only, event.channel(declared))
                self.readers.setdefault(event.event.text, []).append(reader)

    def sent_messages(
        self, events: Sequence[Event], records: Iterable[Record], handed: Iterable[Sending] = ()
    ) -> list[SentMessage]:
        """The messages of the shown scenarios that left to a contact, in order of time, with the reactions to each."""
        journeys = _journeys(records)
        reports = [*self._reports(events)]
        sent = [*self._sent(reports, journeys), *self._handed(handed, journeys)]
        sent.sort(key=lambda each: each.order)
        by_id = {each.id: each for each in sent if each.id}
        for reader, event in reports:
            if reader.kind != "sent":
                self._react(reader, event, sent, by_id)
        shown = [each for each in sent if each.message.scenario in self.scenarios]
        self.joined.without_journey += sum(each.journey is None for each in shown)
        return shown

    def _reports(self, events: Sequence[Event]) -> Iterator[tuple[_Reader, Event]]:
        for event in events:
            readers = self.readers.get(event.name)
            if readers is None or event.at > self.until or (self.start is not None and event.at < self.start):
                continue
            for reader in readers:
                if reader.counts(event):
                    self.joined.read[reader.kind] += 1
                    yield reader, event

    def _sent(
        self, reports: Iterable[tuple[_Reader, Event]], journeys: Mapping[str, tuple[list[int], list[str]]]
    ) -> Iterator[SentMessage]:
        for reader, event in reports:
            if reader.kind != "sent":
                continue
            facts = reader.facts(event)
            id_ = facts.pop("id", "")
            criteria = self.index.criteria(facts)
            if not isinstance(criteria, Unjoined):
                entered = {name for name, (times, _) in journeys.items() if times[0] <= event.at}
                message = self.index.message(criteria, entered)
                if not isinstance(message, Unjoined):
                    self._note("sent", message.scenario)
                    # At the instant of a goal it has not been seen before it.
                    yield SentMessage((event.at, _LAST), message, _journey(journeys, message.scenario, event.at), id_)
                    continue
                criteria = message
            self._miss("sent", criteria.why, criteria.name)

    def _handed(
        self, handed: Iterable[Sending], journeys: Mapping[str, tuple[list[int], list[str]]]
    ) -> Iterator[SentMessage]:
        for each in handed:
            if each.at <= self.until and (self.start is None or each.at >= self.start):
                self.joined.read["sent"] += 1
                self._note("sent", each.message.scenario)
                journey = _journey(journeys, each.message.scenario, each.at)
                yield SentMessage((each.at, _LAST), each.message, journey, each.id)

    def _react(self, reader: _Reader, event: Event, sent: list[SentMessage], by_id: Mapping[str, SentMessage]) -> None:
        facts = reader.facts(event)
        id_ = facts.pop("id", "")
        before = sent[: bisect_right(sent, (event.at, _LAST), key=lambda each: each.order)]
        if reader.kind == "unsubscribed" and not facts.keys() - {"channel"}:
            self._unsubscribe(facts.get("channel"), event.at, before)
            return
        target = by_id.get(id_)
        if target is None:
            criteria = self.index.criteria(facts)
            if isinstance(criteria, Unjoined):
                self._miss(reader.kind, NOT_SENT if id_ else criteria.why, criteria.name)
                return
            target = next((each for each in reversed(before) if fits(each.message, criteria)), None)
            if target is None:
                self._miss(reader.kind, NOT_SENT, criteria.get("template") or criteria["scenario"])
                return
        if reader.kind == "unsubscribed" and event.at - target.order[0] > _UNSUBSCRIBED_WITHIN:
            self._miss(reader.kind, LONG_AFTER, "")
            return
        setattr(target, reader.kind, True)
        self._note(reader.kind, target.message.scenario)

    def _unsubscribe(self, channel: str | None, at: int, before: Sequence[SentMessage]) -> None:
        """An unsubscribe counts for the last message before, on its channel if it has one."""
        for each in reversed(before):
            if at - each.order[0] > _UNSUBSCRIBED_WITHIN:
                break
            if channel is None or each.message.channel in (channel, ""):
                each.unsubscribed = True
                self._note("unsubscribed", each.message.scenario)
                return
        self._miss("unsubscribed", LONG_AFTER, "")

    def _note(self, kind: str, scenario: str) -> None:
        (self.joined.joined if scenario in self.scenarios else self.joined.elsewhere)[kind] += 1

    def _miss(self, kind: str, why: str, name: str) -> None:
        key = (kind, why, name)
        if key not in self.joined.unjoined and len(self.joined.unjoined) >= _MOST_NAMES:
            key = (kind, why, "")
        self.joined.unjoined[key] += 1


def _journeys(records: Iterable[Record]) -> dict[str, tuple[list[int], list[str]]]:
    """The instants at which the contact entered each scenario, in order, and the journeys."""
    by_scenario: dict[str, tuple[list[int], list[str]]] = {}
    for record in records:
        if isinstance(record, Entered):
            times, journeys = by_scenario.setdefault(record.scenario, ([], []))
            times.append(record.at)
            journeys.append(record.journey_id)
    return by_scenario


def _journey(journeys: Mapping[str, tuple[list[int], list[str]]], scenario: str, at: int) -> str | None:
    """The journey that began last by an instant."""
    times, names = journeys.get(scenario, ([], []))
    place = bisect_right(times, at)
    return names[place - 1] if place else None
