"""A condition or a value that is on a command line, read and checked as in a segment or a metric."""

from __future__ import annotations

from scenario_cli.language.build.meanings import Meanings
from scenario_cli.language.expressions import ExpressionError, parse_expression
from scenario_cli.language.names.check import check_expression
from scenario_cli.language.names.metrics import about_contact, catalogue
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.text_places import Lines
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Expression
from scenario_cli.model.metrics import Bins
from scenario_cli.model.project import Project
from scenario_cli.model.source import Span


def read_condition(project: Project, text: str, file: str) -> tuple[Expression | None, list[Diagnostic]]:
    """The condition, None if it could not be read, and its faults; findings name the file `file`."""
    return _read(project, text, file, condition=True)


def read_value(project: Project, text: str, file: str) -> tuple[Expression | None, list[Diagnostic]]:
    """The same for a value that is calculated from the profile, metrics and segments."""
    return _read(project, text, file, condition=False)


def _read(project: Project, text: str, file: str, condition: bool) -> tuple[Expression | None, list[Diagnostic]]:
    lines = text.split("\n")
    span = Span(file, 1, 1, len(lines), len(lines[-1]) + 1)
    node = Node(span, text, style="", lines=Lines(lines))
    try:
        expression = parse_expression(node)
    except ExpressionError as error:
        return None, [error.diagnostic()]
    scope = about_contact(Scope(project.plan, catalogue(project)))
    findings = check_expression(expression, scope, condition)
    meanings = Meanings(project.constants)
    expression = meanings.expression(expression)
    return expression, [*findings, *meanings.findings]


def metric_types(project: Project) -> dict[str, str | None]:
    """The type of each metric's value, as in JSON Schema; None if it is unknown."""
    shapes = catalogue(project).metrics.fields or {}
    return {
        name: _type_of_labels(metric.definition) if isinstance(metric.definition, Bins) else shapes[name].type
        for name, metric in project.metrics.items()
    }


def _type_of_labels(bins: Bins) -> str | None:
    kinds = {type(label) for label in bins.labels}
    if kinds <= {int, float}:
        return "integer" if kinds == {int} else "number"
    return "string" if kinds == {str} else None
