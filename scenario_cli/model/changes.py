"""The differences in meaning between two versions of a project, as plain values. Compares nothing.

In texts `backticks` mark names and code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from scenario_cli.model.value_class import dataclass

Kind = Literal["added", "removed", "renamed", "moved", "changed"]

Area = Literal[
    "project", "scenario", "policy", "channel", "metric", "segment", "event", "attribute", "group", "template",
    "table", "constant", "program",
]  # fmt: skip

# The order in which areas are listed.
AREAS: tuple[Area, ...] = (
    "project", "scenario", "policy", "channel", "metric", "segment", "constant", "table", "template", "event",
    "group", "attribute", "program",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a sentence, and the two sides in words, empty on the side without it.

    `where` is the path from the subject down (`("states", "reminder", "after")`). The two sides of a `passage` are
    texts of several lines, to be shown line by line.
    """

    kind: Kind
    where: tuple[str, ...]
    text: str
    before: str = ""
    after: str = ""
    passage: bool = False
    reach: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A scenario, or something that scenarios share, with its differences.

    `name` is the new name, for a removed subject the old name; `was` is the old name if it differs. `reach` are the
    scenarios that a change of something shared touches, `messages` their messages that read it, and `readers` the
    metrics and segments that do. `redraws` is true if holdout or splits put contacts elsewhere than before.
    """

    area: Area
    name: str
    kind: Kind
    was: str = ""
    changes: tuple[Change, ...] = ()
    reach: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    redraws: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """Every difference in meaning. `alarms` come first and loudly: the random choice changes for every contact.

    `subjects` are in the order of `AREAS`.
    """

    subjects: tuple[Subject, ...] = ()
    alarms: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.subjects)

    def of(self, *areas: Area) -> tuple[Subject, ...]:
        """The subjects of these areas."""
        return tuple(subject for subject in self.subjects if subject.area in areas)

    @property
    def scenarios(self) -> tuple[Subject, ...]:
        """The scenarios that changed themselves, by their new names."""
        return self.of("scenario")

    @property
    def shared(self) -> tuple[Subject, ...]:
        """All changed subjects except the scenarios."""
        return tuple(subject for subject in self.subjects if subject.area != "scenario")

    @property
    def renamed(self) -> dict[str, str]:
        """The old names of renamed scenarios by their new ones."""
        return {subject.name: subject.was for subject in self.scenarios if subject.was}

    @property
    def touched(self) -> frozenset[str]:
        """Every scenario, by its name on the side that has it, that changed itself or reads something that changed."""
        return frozenset(self._touched())

    def _touched(self) -> Iterator[str]:
        for subject in self.subjects:
            yield from [subject.name] if subject.area == "scenario" else subject.reach


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions: its words (`main`, `the working tree`, a folder), and the commit, empty of a folder."""

    label: str
    commit: str = ""
