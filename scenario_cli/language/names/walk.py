"""The state shared by the parts of an expression's check: the findings, and the way back into the walk."""

from __future__ import annotations

from abc import ABC, abstractmethod

from scenario_cli.language.names.reader_filters import TextLocale
from scenario_cli.language.names.shapes import Scope
from scenario_cli.model import expression as tree
from scenario_cli.model.diagnostic import Diagnostic, Fix, Severity
from scenario_cli.model.project import Property
from scenario_cli.model.vocabulary import FILTERS


class Walk(ABC):
    """A walk through an expression: collects its faults, and calculates the shape of its value on the way."""

    def __init__(
        self, filters: frozenset[str] = FILTERS, in_template: bool = False, written: TextLocale | None = None
    ) -> None:
        self.written = written
        self.findings: list[Diagnostic] = []
        self.filters = filters
        self.in_template = in_template
        self.lists = 0
        self.compared: list[tree.Ref] = []

    def report(
        self,
        code: str,
        message: str,
        node: tree.Expr,
        hint: str | None = None,
        severity: Severity = "error",
        fix: Fix | None = None,
    ) -> None:
        self.findings.append(Diagnostic(code, message, node.span, severity, hint, fix=fix))

    @abstractmethod
    def shape(self, node: tree.Expr, scope: Scope) -> Property:
        """The shape of a part of the expression. Adds findings about it to `findings`."""
