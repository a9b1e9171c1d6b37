"""Sentences that every format of the differences shares; `backticks` mark names and code."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model.changes import Subject
from scenario_cli.model.difference import Difference
from scenario_cli.reports.text import plural

NOTHING = "Nothing changes in meaning."

_KINDS = {"added": "is new", "removed": "is gone", "changed": "changed", "moved": "moved"}
_SINGLE = {"policy": "the policy", "project": "the settings"}


def headline(difference: Difference) -> str:
    """One sentence: the versions, and the number of changes of each kind."""
    return f"{difference.project}, {difference.old.label} → {difference.new.label}: {summary(difference)}"


def summary(difference: Difference) -> str:
    """`2 scenarios and 1 metric change.`"""
    counts: dict[str, int] = {}
    for subject in difference.changes.subjects:
        counts[subject.area] = counts.get(subject.area, 0) + 1
    if not counts:
        return NOTHING
    order = sorted(counts, key=lambda area: area != "scenario")
    parts = [_SINGLE[area] if area in _SINGLE else plural(counts[area], area) for area in order]
    joined = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    singular = len(parts) == 1 and counts[order[0]] == 1 and order[0] != "project"
    return f"{joined} {'changes' if singular else 'change'}."


def subject_title(subject: Subject) -> str:
    """`scenario `cart_abandonment` changed`."""
    if subject.area == "policy":
        return "policy changed"
    if subject.area == "project":
        return "settings of the project changed"
    became = f"renamed from `{subject.was}`" if subject.was else _KINDS[subject.kind]
    return f"{subject.area} `{subject.name}` {became}"


def reach_words(subject: Subject) -> Iterator[str]:
    """The scenarios and messages affected by a shared definition; nothing if the change itself names them."""
    if subject.redraws:
        yield "Holdout and splits are drawn by name, so contacts are assigned to different arms than before."
    if subject.area == "scenario" or any(change.reach for change in subject.changes):
        return
    if subject.reach:
        yield f"affects {', '.join(f'`{name}`' for name in subject.reach)}"
    if subject.messages:
        verb = "messages with it" if subject.area == "template" else "texts that use it"
        yield f"{verb}: {', '.join(f'`{name}`' for name in subject.messages)}"
    if subject.readers:
        yield f"used by {', '.join(f'`{name}`' for name in subject.readers)}"
    if not subject.reach and not subject.readers and subject.area != "project":
        yield "no scenario uses it"
