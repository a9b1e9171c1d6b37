"""The executor's view of each contact at an instant: attributes, channels, scores, segments. Uses no database.

Consent, addresses, metrics and segments mean the same as in a scenario, because the same code calculates them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scenario_cli.engine.addresses import address_of
from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.compiled import Survey
from scenario_cli.engine.state import ContactState, Function
from scenario_cli.engine.survey import look, values_of
from scenario_cli.hosts.insights.log import Log, fed_events
from scenario_cli.hosts.replay import feed
from scenario_cli.hosts.tables import load_tables
from scenario_cli.model.insights_results import Reach
from scenario_cli.model.policy import Policy

Progress = Callable[[str, int, int | None], None]

_EVERY = 1_000  # contacts between two looks at the progress


@dataclass(slots=True)
class _Channel:
    """The counts of a channel; `addresses` has the number of contacts of each address."""

    name: str
    address: Function | None
    consent: Function | None
    yes: int = 0
    no: int = 0
    invalid: int = 0
    reachable: int = 0
    addresses: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class People:
    """`scores` and `segments` are those of the buyers, by contact; `silent` were streamed and had no event before.

    `known_since` are the instants that the contacts table gives. `filled` counts the attributes that have a value.
    """

    filled: Counter[str] = field(default_factory=Counter)
    known_since: dict[str, int] = field(default_factory=dict)
    silent: int = 0
    unseen: int = 0
    scores: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    segments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    channels: list[_Channel] = field(default_factory=list)

    def reaches(self, contacts: int) -> tuple[Reach, ...]:
        """The channels, counted over all contacts: nothing is known about those without attributes."""
        return tuple(_reach(channel, contacts) for channel in self.channels)


def meet_people(log: Log, buyers: Mapping[str, Any], silent: frozenset[str], progress: Progress | None) -> People:
    """Streams all contacts with more known facts than their events.

    `silent` are those in the contacts table without an event until the instant: they count if they are known by then.
    """
    project, rfm = log.project, log.settings.rfm
    program = compile_program(
        replace(project, scenarios={}, policy=Policy()),
        (),
        load_tables(project),
        rows=False,
        survey=[name.text for name in rfm.metrics],
    )
    survey = program.survey
    assert survey is not None
    segment_names = {name.text for name in rfm.segments}
    segments = [(name, read) for name, read in survey.segments if name in segment_names]
    people = People(channels=list(_channels(survey)))
    begins = log.staged.report.first
    for count, contact in enumerate(log.staged.stream(events_alone=fed_events(project)), 1):
        if progress is not None and count % _EVERY == 0:
            progress("looking at contacts", count, log.staged.report.contacts)
        if contact.known_since is not None:
            people.known_since[contact.contact_id] = contact.known_since
        if contact.contact_id in silent:
            if contact.known_since is not None and contact.known_since > log.as_of:
                continue
            people.silent += 1
            people.unseen += contact.known_since is None
        state, _ = feed(program, contact, None, log.as_of, begins, ())
        look(state, log.as_of)
        people.filled.update(state.profile.keys())
        for channel in people.channels:
            _count(channel, state)
        if contact.contact_id in buyers:
            people.scores[contact.contact_id] = tuple(values_of(survey.metrics, state))
            people.segments[contact.contact_id] = tuple(name for name, read in segments if read(state))
    return people


def _channels(survey: Survey) -> Iterator[_Channel]:
    for channel in survey.channels:
        if channel.address is not None or channel.consent is not None:
            yield _Channel(channel.channel, channel.address, channel.consent)


def _count(channel: _Channel, state: ContactState) -> None:
    agreed = channel.consent(state) if channel.consent is not None else True
    if agreed is True:
        channel.yes += 1
    elif agreed is not None:
        channel.no += 1
    address: Any = ""
    if channel.address is not None:
        address, fault = address_of(channel.name, channel.address(state))
        if fault:
            channel.invalid += 1
        if address is not None:
            channel.addresses[str(address).strip().lower()] += 1
    if agreed is True and address is not None:
        channel.reachable += 1


def _reach(channel: _Channel, contacts: int) -> Reach:
    asks, needs = channel.consent is not None, channel.address is not None
    return Reach(
        channel.name,
        yes=channel.yes if asks else None,
        no=channel.no if asks else None,
        never=contacts - channel.yes - channel.no if asks else None,
        addressed=channel.addresses.total() if needs else None,
        invalid=channel.invalid if needs else None,
        shared=sum(count for count in channel.addresses.values() if count > 1) if needs else None,
        reachable=channel.reachable,
    )
