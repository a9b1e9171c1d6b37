"""A name of a project with the thing that it names, and its places. Finds none."""

from __future__ import annotations

from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass

# The kind of a text that cannot be read, such as an expression that is half written: its name is the text.
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A thing that a project names: `kind` is `state`, `metric`, `event` and so on.

    States belong to a scenario, their `owner`. If a file does not determine the state's scenario, the owner is empty
    and `owners` has the possible scenarios. A template's owner is its channel, if the place names it. The name of a
    `file`, which a template includes, is its path below templates/.
    """

    kind: str
    name: str
    owner: str = ""
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place where a symbol is named; `whole` is the whole definition if the place defines it."""

    symbol: Symbol
    span: Span
    whole: Span | None = None

    @property
    def defines(self) -> bool:
        return self.whole is not None
