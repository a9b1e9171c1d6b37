"""Compares lengths of a scenario's messages with the limits of their channels. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.lengths import Lengths
from scenario_cli.language.templates.link_lengths import link_meter
from scenario_cli.language.templates.messages import MessageText, printed
from scenario_cli.model.project import TITLES
from scenario_cli.model.sms import septets
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

# The most units that carriers accept in one text message, if the project states no smaller number.
_MOST_UNITS = 1_530


@dataclass(frozen=True, slots=True)
class Measured:
    """A text of a message, its limit, its least and its greatest length.

    `parameters` is the most that the parameters of its links take of that length.
    """

    part: str
    channel: str
    setting: str
    limit: int
    least: int
    most: int
    always: str
    parameters: int
    span: Span
    sent_at: tuple[str, Span]


def measured(subject: Subject, channel: str | None = None) -> Iterator[Measured]:
    """The texts that have a limit; those of one channel if a channel is named."""
    return (measure for measure in subject.once(_measured) if channel in (None, measure.channel))


def _measured(subject: Subject) -> list[Measured]:
    return list(_limited(subject))


def _limited(subject: Subject) -> Iterator[Measured]:
    for text in printed(subject):
        channel = subject.project.channels.get(text.message.channel.text)
        if channel is None:
            continue
        limit = channel.title_max if text.field in TITLES else None
        setting = "title_max"
        if not text.field:
            limit = channel.max_length or (_MOST_UNITS if channel.name == "sms" else None)
            setting = "max_length"
        if limit is None:
            continue
        extent = lengths_of(subject, text).extent(text.contents)
        yield Measured(text.field or "text", channel.name, setting, limit, extent.least, extent.most, extent.always,
                       extent.parameters, text.span, text.sent_at)  # fmt: skip


def about_links(measure: Measured) -> str:
    """The end of a hint: the share that links have in a length, and how to be rid of it; empty if they have none."""
    if not measure.parameters:
        return ""
    return (
        f"; up to {measure.parameters} of the characters are parameters of 'links' in project.yaml: shorten them, or "
        f"name 'channels' there without {measure.channel}"
    )


def lengths_of(subject: Subject, text: MessageText) -> Lengths:
    """The measure of a message's texts: text messages in units of their alphabet, others in characters."""
    handed = {name.text: value for name, value in text.message.values}
    count = septets if text.message.channel.text == "sms" and not text.field else len
    return Lengths(subject.scopes.quiet(), handed, count, link_meter(subject.project, text, count))
