"""Checks whether a rendered message is within its channel's limits. Cuts nothing and drops nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.model.project import TITLES, Channel
from scenario_cli.model.sms import units


def excesses(fields: Mapping[str, str], body: str, channel: Channel) -> Iterator[tuple[str, int]]:
    """The parts of a message beyond its channel's limits (`text`, `title`, `subject`), with the limit in characters.

    A text message is counted in units of its alphabet; a few characters take two.
    """
    length = units(body) if channel.name == "sms" else len(body)
    if channel.max_length is not None and length > channel.max_length:
        yield "text", channel.max_length
    for name in TITLES:
        if channel.title_max is not None and len(fields.get(name, "")) > channel.title_max:
            yield name, channel.title_max
