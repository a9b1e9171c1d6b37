"""metrics.yaml to the model."""

from __future__ import annotations

from collections.abc import Mapping

from scenario_cli.language.build.values import Builder
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.metrics import AGGREGATES, Aggregate, Bins, Formula, Metric, Segment
from scenario_cli.model.source import Name


def build_metrics(root: Node) -> tuple[dict[str, Metric], dict[str, Segment], list[Diagnostic]]:
    """The metrics and segments that the file states, and its faults."""
    builder = _MetricsBuilder()
    metrics = builder.metrics(root.get("metrics"))
    segments = builder.segments(root.get("segments"))
    return metrics, segments, builder.findings


class _MetricsBuilder(Builder):
    def metrics(self, node: Node | None) -> dict[str, Metric]:
        built: dict[str, Metric] = {}
        for name, field in (node.fields if node is not None else {}).items():
            assert node is not None
            definition = self.definition(field)
            if definition is not None:
                built[name] = Metric(name, node.key(name).span, definition)
        return built

    def definition(self, node: Node) -> Aggregate | Formula | Bins | None:
        if "value" in node.fields:
            value = self.expression(node.get("value"))
            return None if value is None else Formula(value)
        if "bins" in node.fields:
            return self.bins(node)
        kind = next((kind for kind in AGGREGATES if kind in node.fields), None)
        if kind is None:
            return None
        needs_value = AGGREGATES[kind].needs_value
        event = self.name(node.get("of" if needs_value else kind))
        value = self.expression(node.get(kind)) if needs_value else None
        if event is None or (value is None and needs_value):
            return None
        within = self.duration(node.get("within"), elapsed=True)
        condition, key = self.expression(node.get("where")), self.expression(node.get("by"))
        return Aggregate(kind, event, value, condition, within.elapsed if within else None, key)

    def bins(self, node: Node) -> Bins | None:
        value, at, labels = self.expression(node.get("bins")), node.get("at"), node.get("labels")
        if value is None or at is None or labels is None:
            return None
        edges = tuple(edge.value for edge in at.items if isinstance(edge.value, int | float))
        names = tuple(label.value for label in labels.items if isinstance(label.value, int | float | str))
        if list(edges) != sorted(set(edges)):
            self.report("SCH020", "the edges of 'at' do not increase", at, "write them from the lowest to the highest")
        elif len(names) != len(edges) + 1:
            message = f"the edges of 'at' make {len(edges) + 1} bins, which need as many labels, not {len(names)}"
            hint = "one label for each bin: below and at each edge, and above the last"
            self.report("SCH020", message, labels, hint)
        else:
            return Bins(value, edges, names)
        return None

    def segments(self, node: Node | None) -> dict[str, Segment]:
        built: dict[str, Segment] = {}
        for name, field in (node.fields if node is not None else {}).items():
            assert node is not None
            condition = self.expression(field)
            if condition is not None:
                built[name] = Segment(name, node.key(name).span, condition)
        return built


def circles(reads: Mapping[str, tuple[Name, ...]]) -> list[tuple[Name, list[str]]]:
    """Names that read each other in a cycle: for each cycle a place in it and its names in order."""
    circles_found: list[tuple[Name, list[str]]] = []
    finished: set[str] = set()

    def follow(name: str, path: list[str]) -> None:
        for name_read in reads.get(name, ()):
            if name_read.text in path:
                circles_found.append((name_read, path[path.index(name_read.text) :]))
            elif name_read.text not in finished:
                follow(name_read.text, [*path, name_read.text])
        finished.add(name)

    for name in reads:
        if name not in finished:
            follow(name, [name])
    return circles_found
