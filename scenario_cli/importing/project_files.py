"""The files of a project that holds imported journeys. Works them out; writes none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scenario_cli.importing.cases import PROFILE_EVENT
from scenario_cli.importing.journey import Journey
from scenario_cli.importing.ledger import Item, Ledger, Note
from scenario_cli.importing.scenario_file import scenario_entries
from scenario_cli.importing.vocabulary import Text, Vocabulary
from scenario_cli.importing.yaml_entries import Block, Entry, Numbered, block_text, flow, scalar, settled
from scenario_cli.language.format.layout import format_text
from scenario_cli.language.library import SCHEMAS
from scenario_cli.model.imported import ImportedNode, ImportNote

_MODELINE = f"# yaml-language-server: $schema={SCHEMAS}/{{}}.schema.json"


@dataclass(slots=True)
class ProjectTexts:
    """The texts of the files by path, and the place of each note in them."""

    texts: dict[str, str] = field(default_factory=dict)
    places: dict[int, tuple[str, int]] = field(default_factory=dict)  # by the note's identity

    def add(self, path: str, text: str, numbered: Numbered, kind: str = "") -> None:
        """A file; one of a `kind` is laid out as `fmt` would."""
        if kind:
            text = format_text(text, kind, path).text or text
        self.texts[path], places = settled(text, numbered)
        for note, line in places:
            self.places.setdefault(id(note), (path, line))

    def node(self, item: Item) -> ImportedNode:
        """A node of the report, with the places of its notes."""
        notes = tuple(self._note(note) for note in item.notes)
        return ImportedNode(item.kind, item.name, item.span, item.became, notes)

    def _note(self, note: Note) -> ImportNote:
        file, line = self.places.get(id(note), ("", 0))
        return ImportNote(note.fate, note.text, file, line)


def project_files(
    name: str, timezone: str, tool: str, journeys: Iterable[Journey], vocabulary: Vocabulary, ledger: Ledger
) -> ProjectTexts:
    """All files but the tests. `name` is the project's."""
    written = ProjectTexts()
    _project(written, name, timezone, vocabulary, ledger)
    _policy(written, vocabulary)
    _events(written, tool, vocabulary)
    _metrics(written, vocabulary)
    for journey in journeys:
        numbered = Numbered()
        head = [f"# Imported from {tool}. A draft sends nothing until it is 'live'.",
                *numbered.comments(journey.at(""))]  # fmt: skip
        lines = [_MODELINE.format("scenario"), *head, *block_text(scenario_entries(journey), numbered)]
        written.add(f"{journey.name}.yaml", "\n".join(lines) + "\n", numbered, "scenario")
    for (template, channel), text in vocabulary.texts.items():
        numbered = Numbered()
        written.add(f"templates/{template}.{channel}.j2", _template(text, numbered), numbered)
    return written


def _project(written: ProjectTexts, name: str, timezone: str, vocabulary: Vocabulary, ledger: Ledger) -> None:
    numbered = Numbered()
    if not vocabulary.channels:  # a project must have one
        vocabulary.channel("email")
    remarks = vocabulary.channel_remarks
    channels = [Entry(name_, spec, remarks.get(name_, ())) for name_, spec in vocabulary.channels.items()]
    entries = [
        Entry("project", name), Entry("timezone", timezone), Entry("locale", "en"), Entry("salt", name),
        Entry("channels", channels),
    ]  # fmt: skip
    lines = [
        _MODELINE.format("project"),
        "# TODO(import): check the time zone, and the attributes that hold addresses and consent.",
        *numbered.comments(ledger.head),
        *block_text(entries, numbered),
    ]
    written.add("project.yaml", "\n".join(lines) + "\n", numbered, "project")


def _policy(written: ProjectTexts, vocabulary: Vocabulary) -> None:
    numbered = Numbered()
    policy: Block = []
    if vocabulary.quiet_hours:
        policy.append(Entry("quiet_hours", vocabulary.quiet_hours))
    if vocabulary.caps:
        policy.append(Entry("caps", vocabulary.caps))
    policy += [Entry("on_cap", "drop"), Entry("on_quiet", "delay"), Entry("max_hold", "1d")]
    lines = [
        _MODELINE.format("policy"),
        "# TODO(import): the export holds no quiet hours, caps or control groups of the account: write yours.",
        *numbered.comments(vocabulary.policy_remarks),
        *block_text([Entry("policy", policy)], numbered),
    ]
    written.add("policy.yaml", "\n".join(lines) + "\n", numbered, "policy")


def _events(written: ProjectTexts, tool: str, vocabulary: Vocabulary) -> None:
    numbered = Numbered()
    profile = {**vocabulary.attributes, "timezone": "string", "locale": "string"}
    events = [
        Entry(name, _event(name, properties), vocabulary.event_remarks.get(name, ()))
        for name, properties in vocabulary.events.items()
    ]
    entries = [
        Entry("profile", [Entry(name, type_) for name, type_ in profile.items()]),
        Entry("events", events or {}),
    ]
    lines = [
        _MODELINE.format("events"),
        f"# What the journeys of {tool} read. The types are guesses: check them against an export with",
        "# 'scenario events check'.",
        *block_text(entries, numbered),
    ]
    written.add("events.yaml", "\n".join(lines) + "\n", numbered, "events")


def _event(name: str, properties: dict[str, str]) -> Any:
    if name == PROFILE_EVENT:
        return {"profile": True}  # its properties are the attributes
    return [Entry("properties", properties)] if properties else {}


def _metrics(written: ProjectTexts, vocabulary: Vocabulary) -> None:
    if not vocabulary.segments:
        return
    numbered = Numbered()
    segments = [Entry(name, segment.condition.text, segment.remarks) for name, segment in vocabulary.segments.items()]
    lines = [_MODELINE.format("metrics"), *block_text([Entry("segments", segments)], numbered)]
    written.add("metrics.yaml", "\n".join(lines) + "\n", numbered, "metrics")


_JINJA_END = re.compile(r"[#%}]\}")


def _template(text: Text, numbered: Numbered) -> str:
    """Front matter, remarks as Jinja's comments, and the body."""
    head = [f"{scalar(key)}: {flow(value)}" for key, value in text.head.items()]
    remarks = [_JINJA_END.sub("", line[:-3]) + line[-3:] for line in numbered.comments(text.remarks, "{# ", " #}")]
    front = ["---", *head, "---"] if head else []
    return "\n".join([*front, *remarks, text.body.rstrip("\n")]) + "\n"
