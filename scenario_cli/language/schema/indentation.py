"""Lines that start too far to the left: the key above them is left empty. One finding in place of one for each line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenario_cli.language.schema.fault import Fault
from scenario_cli.language.schema.fits import types_of
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.model.diagnostic import Diagnostic


def not_indented(faults: Sequence[Fault], positions: Positions) -> Iterator[tuple[list[Fault], Diagnostic]]:
    """Each key that is empty because its lines are not below it: the faults that this explains, and the finding."""
    for fault in faults:
        if not _is_empty(fault):
            continue
        around, key = fault.path[:-1], str(fault.path[-1])
        names = list(positions.node(around).fields)
        below = names[names.index(key) + 1 :]
        moved, explained = _own_lines(fault, below, around, faults)
        if moved:
            is_single = len(moved) == 1
            lines = f"'{moved[0]}'" if is_single else f"the lines from '{moved[0]}' to '{moved[-1]}'"
            are_part = "it is part" if is_single else "they are part"
            yield (
                [fault, *explained],
                Diagnostic(
                    "SCH006",
                    f"{positions.subject(fault.path)} is empty",
                    positions.key_span(fault.path),
                    hint=f"move {lines} further to the right than '{key}', so that {are_part} of '{key}'",
                ),
            )


def _is_empty(fault: Fault) -> bool:
    """Whether a key has nothing below it, where a mapping or a list is expected."""
    if not fault.path or not isinstance(fault.path[-1], str) or fault.keyword != "type" or fault.value is not None:
        return False
    return bool({"object", "array"} & {*types_of(fault.schema)})


def _own_lines(fault: Fault, below: list[str], around: Path, faults: Sequence[Fault]) -> tuple[list[str], list[Fault]]:
    """The keys below an empty key that belong to it, and their faults: keys that are unknown where they stand, or
    that are names there, but keys of the empty key."""
    unknown = {other.key: other for other in faults if other.keyword == "unknown" and other.path == around}
    moved: list[str] = []
    for name in below:
        if name not in unknown:
            break
        moved.append(name)
    if moved:
        return moved, [unknown[name] for name in moved]
    own_keys = fault.schema.get("properties", {})
    for name in below:
        if name not in own_keys:
            break
        moved.append(name)
    paths = [(*around, name) for name in moved]
    return moved, [other for other in faults if other.path[: len(around) + 1] in paths]
