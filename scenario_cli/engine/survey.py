"""Reads a contact at an instant outside of any journey: metrics, segments, and which channels reach it. Changes nothing
that a later input could notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenario_cli.engine.addresses import address_of
from scenario_cli.engine.compiled import Reach, Survey
from scenario_cli.engine.state import NEVER, ContactState, Function
from scenario_cli.model.records import Record


def look(state: ContactState, at: int) -> list[Record]:
    """Sets the following calculations to an instant, up to which time has passed for the contact.

    Returns the list to which the data warnings of these readings are added.
    """
    state.now, state.until = at, NEVER
    state.bind(None, None)
    state.records = []
    return state.records


def segments_of(survey: Survey, state: ContactState) -> list[bool]:
    """Whether the contact is in each segment, as in a scenario at the instant."""
    return [read(state) for _, read in survey.segments]


def values_of(metrics: Sequence[tuple[str, Function]], state: ContactState) -> list[Any]:
    """The value of each of some metrics of a survey."""
    return [read(state) for _, read in metrics]


def reached_by(survey: Survey, state: ContactState) -> list[bool]:
    """Whether each channel could bring the contact a marketing message: it has an address, and consents."""
    return [_reaches(channel, state) for channel in survey.channels]


def _reaches(channel: Reach, state: ContactState) -> bool:
    if channel.address is not None and address_of(channel.channel, channel.address(state))[0] is None:
        return False
    return channel.consent is None or channel.consent(state) is True
