"""A split written as other tools write it: each branch a mapping with its weight and its target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenario_cli.language.schema.fault import Fault
from scenario_cli.language.schema.hints import flow
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.diagnostic import Diagnostic

_WEIGHTS = ("weight", "share", "percent", "percentage", "ratio", "probability", "size")
_TARGETS = ("to", "state", "next", "target", "then", "goto", "name")


def branches_as_mappings(fault: Fault, positions: Positions) -> Iterator[tuple[Path, Diagnostic]]:
    """The split that a fault is in, as its path, with the finding that shows its right form."""
    if positions.kind != "scenario" or fault.path[:1] != ("states",) or fault.path[2:3] != ("split",):
        return
    path = fault.path[:3]
    weights = _weights(positions.node(path))
    if weights:
        message = f"{positions.subject(path)} must give each state its weight alone"
        yield path, Diagnostic("SCH008", message, positions.key_span(path), hint=f"write 'split: {flow(weights)}'")


def _weights(split: Node) -> dict[str, Any]:
    """The weights by state; none, if the split has a branch of another form, or only branches of the right one."""
    branches = [*split.fields.items(), *(("", item) for item in split.items)]
    if not any(branch.is_map for _, branch in branches):
        return {}
    weights: dict[str, Any] = {}
    for name, branch in branches:
        weight = next((branch.fields[key] for key in _WEIGHTS if key in branch.fields), None)
        target = next((branch.fields[key].text for key in _TARGETS if key in branch.fields), name)
        if branch.is_map and (weight is None or not target):
            return {}
        weights[target] = plain(weight if weight is not None else branch)
    return weights
