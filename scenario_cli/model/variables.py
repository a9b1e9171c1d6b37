"""The values that a template reads from outside itself, as names with dots. Resolves nothing."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.model.value_class import dataclass

# The elements of a list, as a step of a path: `cart.items[].name`.
EACH = "[]"

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that a template reads. `guarded`: each place that reads it provides for a missing value."""

    path: Path
    guarded: bool = False

    @property
    def name(self) -> str:
        """`cart.items[].name`."""
        return dotted(self.path)


# Keyed by template and channel.
Variables = Mapping[tuple[str, str], tuple[Variable, ...]]


def dotted(path: Path) -> str:
    return ".".join(path).replace(f".{EACH}", EACH)
