"""Messages as a reviewer sees them: rendered, with the contact and locale that they were rendered for. Renders none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """One message in one locale.

    `note` is the scenario's rule for sending it (its condition, `first of`); `dropped` is why it would not have left,
    `problem` why it could not be rendered. `sent_at` is on the contact's clock.
    """

    state: str
    channel: str
    template: str
    file: str
    locale: str | None
    purpose: str
    address: str
    sent_at: str
    fields: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    note: str = ""
    dropped: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The messages of a scenario or of one of its states, in the order in which they are requested.

    `project` is the sender as readers know it. `source` names the contacts for whom they were rendered; `missing` are
    states whose messages were not requested there.
    """

    project: str
    scenario: str
    title: str
    source: str
    messages: tuple[RenderedMessage, ...]
    missing: tuple[str, ...] = ()
    limits: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)
