"""The changes of project.yaml: settings of the whole project, its channels and programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.analysis.changes.comparison import Place
from scenario_cli.analysis.changes.definitions import named_changes
from scenario_cli.analysis.changes.delivery import delivery_changes
from scenario_cli.analysis.changes.nested import nested_changes
from scenario_cli.analysis.changes.pairing import fields_changed
from scenario_cli.analysis.changes.renames import Renames
from scenario_cli.analysis.changes.words import change, code, was, words
from scenario_cli.model.changes import Change, Subject
from scenario_cli.model.links import LinkSettings
from scenario_cli.model.project import Channel, Measure, Programme, Project

# Fields of the project that have modules of their own.
_ELSEWHERE = frozenset(
    {"plan", "channels", "policy", "programs", "metrics", "segments", "tables", "constants", "templates", "texts",
     "scenarios"}
)  # fmt: skip

_SENTENCES: Mapping[str, str] = {
    "name": "The project name is",
    "salt": "The salt is",
    "timezone": "The time zone of contacts without one is",
    "locale": "The language of contacts without one is",
    "currency": "The currency is",
    "clock": "Segments that time can change are checked by cron",
    "review_after": "Days until the next review of a scenario:",
    "phases": "The phases are",
    "committee": "Scenarios are reviewed together",
    "links": "Links of marketing messages bear",
}

# Settings that no message and no journey depends on.
_FOR_AUTHORS = frozenset(
    (
        "name", "phases", "conventions", "key_dates", "review_after", "committee", "exports", "run", "insights",
        "messages", "delivery", "currency", "settings",
    )
)  # fmt: skip


def alarms(old: Project, new: Project) -> Iterator[str]:
    """Changes after which all other results need a careful look."""
    if old.salt != new.salt:
        yield (
            f"The salt is {was(code(new.salt), code(old.salt))}. Every holdout, control group and split is "
            "drawn again: contacts in running tests change arms, and past results cannot be continued."
        )
    if old.name != new.name:
        yield (
            f"The project name is {was(code(new.name), code(old.name))}. If these are two projects, "
            "everything below compares unrelated scenarios."
        )


def settings_changes(old: Project, new: Project, renames: Renames) -> Iterator[Subject]:
    """The changes of the project's own settings (one subject or none), then of channels and programs."""
    changes: list[Change] = []
    everyone = False
    for field in fields_changed(old, new, renames):
        if field in _ELSEWHERE:
            continue
        before, after = getattr(old, field, None), getattr(new, field, None)
        if field == "delivery":
            changes += delivery_changes(before, after, renames)
        elif field in _SENTENCES:
            texts = (_links(before), _links(after)) if field == "links" else (words(before), words(after))
            changes.append(change((field,), f"{_SENTENCES[field]} {was(texts[1], texts[0])}", *texts))
        else:
            changes += nested_changes(field, renames.meaning(old).get(field), renames.new_meaning(new).get(field))
        everyone |= field not in _FOR_AUTHORS
    if changes:
        reach = tuple(sorted(new.scenarios)) if everyone else ()
        yield Subject("project", new.name, "changed", changes=tuple(changes), reach=reach)
    yield from named_changes("channel", old.channels, new.channels, renames, _channel_words, _channel)
    yield from named_changes("program", old.programs, new.programs, renames, lambda program: program.title, _program)


def _links(links: LinkSettings | None) -> str:
    if links is None:
        return "no parameters"
    parameters = ", ".join(
        code(f"{parameter.name}: {f'={parameter.fact}' if parameter.fact else parameter.value}")
        for parameter in links.parameters
    )
    hosts = f", on {words(links.hosts)}" if links.hosts else ""
    channels = f", by {words(links.channels)}" if links.channels else ""
    return f"{parameters}{hosts}{channels}"


def _channel_words(channel: Channel) -> str:
    address = f" to the address {words(channel.address)}" if channel.address is not None else ""
    consent = f" with consent {words(channel.consent)}" if channel.consent is not None else ""
    return f"a channel{address}{consent}, cost {channel.cost:g}"


_CHANNEL: Mapping[str, str] = {
    "address": "Messages go to",
    "consent": "Marketing messages need",
    "max_length": "The maximum length of a text is",
    "title_max": "The maximum length of a title is",
    "cost": "A message costs",
    "recipient": "Its messages are for",
}


def _channel(old: Channel, new: Channel, place: Place) -> Iterator[Change]:
    for field in fields_changed(old, new, place.renames):
        before, after = getattr(old, field, None), getattr(new, field, None)
        if field == "name" or place.indirect(before, after):
            continue
        texts = words(before), words(after)
        yield change((field,), f"{_CHANNEL.get(field, code(field))} {was(texts[1], texts[0])}", *texts)


def _program(old: Programme, new: Programme, place: Place) -> Iterator[Change]:
    for field in fields_changed(old, new, place.renames):
        if field == "measure":
            texts = _measure(new.measure), _measure(old.measure)
            yield change((field,), f"Its KPI is computed as {was(*texts)}", texts[1], texts[0])
        elif field != "name":
            before, after = getattr(old, field, ""), getattr(new, field, "")
            yield change((field,), f"Its {field} is {was(words(after), words(before))}", before, after)


def _measure(measure: Measure | None) -> str:
    if measure is None:
        return "nothing"
    where = f" where {words(measure.where)}" if measure.where is not None else ""
    return f"{words(measure.of)}, then {words(measure.then)}{where} within {words(measure.within)}"
