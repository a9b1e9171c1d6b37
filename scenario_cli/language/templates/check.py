"""Checks the syntax of template files, the names that they use, and their includes. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from jinja2 import nodes

from scenario_cli.language.expressions import ExpressionError
from scenario_cli.language.forgetting import of_texts
from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.reader_filters import TextLocale
from scenario_cli.language.names.shapes import ANYTHING, Scope, of_type
from scenario_cli.language.templates.endless import Endless, endless
from scenario_cli.language.templates.files import MOST_FILES, TemplateText, converted, located
from scenario_cli.language.templates.other_tools import Slip, printed_as_is
from scenario_cli.language.templates.syntax import TemplateFault, parse_template
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.memo import memoized
from scenario_cli.model.project import Property
from scenario_cli.model.source import Span
from scenario_cli.model.vocabulary import FILTERS, READER_FILTERS, TEXT_FILTERS


@memoized
def check_template(
    template_text: TemplateText, texts: Mapping[str, TemplateText], scope: Scope, locale: str, currency: str
) -> Sequence[Diagnostic]:
    """Syntax and names of a template's front matter and body, and of all that it includes."""
    checker = _TemplateChecker(texts, TextLocale(locale, currency))
    for text in (*template_text.sets, *template_text.fields.values(), template_text):
        scope = checker.check(text, scope)
    return checker.findings


@of_texts
@lru_cache(maxsize=10_000)
def _faults_of_itself(text: str) -> tuple[tuple[Slip, ...], tuple[Endless, ...]]:
    """The faults of a text that do not depend on the names it can use: many messages share a layout."""
    parsed = parse_template(text)
    slips = (slip for offset, stretch in parsed.printed for slip in printed_as_is(offset, stretch))
    may_be_endless = "range" in text or "macro" in text
    return tuple(slips), tuple(endless(parsed.tree)) if may_be_endless else ()


class _TemplateChecker:
    def __init__(self, texts: Mapping[str, TemplateText], written: TextLocale) -> None:
        self.texts = texts
        self.written = written
        self.findings: list[Diagnostic] = []
        # The files of the current search, each with whether the file before it reaches it with any data.
        self.visiting: dict[str, bool] = {}

    def check(self, text: TemplateText, scope: Scope) -> Scope:
        """Checks a text; returns the names that are known after it."""
        try:
            parsed = parse_template(text.text)
        except TemplateFault as error:
            span = text.span_at(error.offset, error.length)
            self.findings.append(Diagnostic("MSG002", error.message or "not a template", span, hint=error.hint))
            return scope
        slips, endings = _faults_of_itself(text.text)
        for slip in slips:
            span = text.span_at(slip.offset, slip.length)
            self.findings.append(Diagnostic("MSG006", slip.message, span, "warning", slip.hint))

        walker = _Walker(self, text)
        scope = walker.block(parsed.tree.body, scope)
        walker.checker.findings += [
            Diagnostic("MSG009", fault.message, walker.locate(fault.line, 0, 0), hint=fault.hint) for fault in endings
        ]
        self.findings += walker.checker.findings
        return scope

    def include(self, name: str, scope: Scope, span: Span, certain: bool) -> None:
        if name not in self.texts:
            self.findings.append(Diagnostic("MSG005", f"no file '{name}' below templates/", span,
                                         hint=f"{did_you_mean(name, self.texts, 'files')}; or create "
                                         f"templates/{name}"))  # fmt: skip
        elif len(self.visiting) > MOST_FILES:
            message = f"more than {MOST_FILES} files include one another in a row"
            self.findings.append(Diagnostic("MSG005", message, span, hint="include them side by side"))
        elif name not in self.visiting:
            self.visiting[name] = certain
            self.check(self.texts[name], scope)
            del self.visiting[name]
        elif certain and all(list(self.visiting.values())[list(self.visiting).index(name) + 1 :]):
            self.findings.append(Diagnostic("MSG009", f"'{name}' includes or extends itself without end", span,
                                         hint="include the shared part from another file"))  # fmt: skip


class _Walker:
    """Follows a template's statements, with the names each brings into reach."""

    def __init__(self, owner: _TemplateChecker, text: TemplateText) -> None:
        self.owner = owner
        self.text = text
        self.checker = Checker(FILTERS | TEXT_FILTERS | READER_FILTERS.keys(), in_template=True, written=owner.written)
        self.macros: set[str] = set()
        self.conditions = 0  # around the current statement, so it is possibly not run

    def locate(self, line: int, ahead: int, length: int) -> Span:
        return located(self.text, line, ahead, length)

    def shape(self, node: nodes.Node, scope: Scope) -> Property:
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            local = node.node.name in self.macros or node.node.name in ("caller", "super", "loop", "range")
            if local:
                for arg in (*node.args, *(keyword.value for keyword in node.kwargs)):
                    self.shape(arg, scope)
                return ANYTHING
        value = converted(self.text, node)
        if isinstance(value, ExpressionError):
            self.checker.findings.append(value.diagnostic())
            return ANYTHING
        return self.checker.shape(value, scope)

    def block(self, body: list[nodes.Node], scope: Scope) -> Scope:
        for statement in body:
            scope = self.statement(statement, scope)
        return scope

    def statement(self, node: nodes.Node, scope: Scope) -> Scope:
        perhaps = isinstance(node, nodes.If | nodes.For | nodes.Macro | nodes.CallBlock)
        self.conditions += perhaps
        try:
            return self.walked(node, scope)
        finally:
            self.conditions -= perhaps

    def walked(self, node: nodes.Node, scope: Scope) -> Scope:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    if not isinstance(part, nodes.TemplateData):
                        self.shape(part, scope)
            case nodes.If():
                self.shape(node.test, scope)
                self.block(node.body, scope)
                for elif_ in node.elif_:
                    self.statement(elif_, scope)
                self.block(node.else_, scope)
            case nodes.For():
                listed = self.shape(node.iter, scope)
                inner = scope.beside(dict(_targets(node.target, listed.items or ANYTHING)))
                inner = inner.beside({"loop": ANYTHING})
                if node.test is not None:
                    self.shape(node.test, inner)
                self.block(node.body, inner)
                self.block(node.else_, scope)
            case nodes.Assign():
                shape = self.shape(node.node, scope)
                return scope.beside(dict(_targets(node.target, shape)))
            case nodes.AssignBlock():
                self.block(node.body, scope)
                return scope.beside(dict(_targets(node.target, of_type("string"))))
            case nodes.With():
                inner = scope
                for target, value in zip(node.targets, node.values, strict=True):
                    inner = inner.beside(dict(_targets(target, self.shape(value, scope))))
                self.block(node.body, inner)
            case nodes.Macro():
                self.macros.add(node.name)
                self.block(node.body, scope.beside({arg.name: ANYTHING for arg in node.args}))
            case nodes.Block() | nodes.Scope() | nodes.ScopedEvalContextModifier():
                self.block(node.body, scope)
            case nodes.FilterBlock():
                self.block(node.body, scope)
            case nodes.Extends() | nodes.Include():
                self.included(node.template, scope)
            case nodes.Import() | nodes.FromImport():
                self.included(node.template, scope)
                names = [node.target] if isinstance(node, nodes.Import) else [
                    name if isinstance(name, str) else name[1] for name in node.names
                ]  # fmt: skip
                self.macros.update(names)
                return scope.beside(dict.fromkeys(names, ANYTHING))
            case nodes.ExprStmt():
                self.shape(node.node, scope)
            case nodes.CallBlock():
                self.block(node.body, scope)
        return scope

    def included(self, node: nodes.Node, scope: Scope) -> None:
        if isinstance(node, nodes.Const) and isinstance(node.value, str):
            self.owner.include(node.value, scope, self.locate(node.lineno, 0, 0), not self.conditions)
        elif isinstance(node, nodes.Getattr) and (name := _unquoted(node)).endswith((".html", ".j2", ".txt")):
            first = next(node.find_all(nodes.Name))
            span = self.locate(first.lineno, 0, len(name))
            self.checker.findings.append(Diagnostic("MSG005", f"the file name {name} needs quotes", span,
                                                 hint=f"write '{name}'"))  # fmt: skip
        else:
            self.shape(node, scope)


def _unquoted(node: nodes.Node) -> str:
    """A name that was written without quotes, exactly as written."""
    if isinstance(node, nodes.Getattr):
        return f"{_unquoted(node.node)}.{node.attr}"
    if isinstance(node, nodes.Div):
        return f"{_unquoted(node.left)}/{_unquoted(node.right)}"
    return node.name if isinstance(node, nodes.Name) else ""


def _targets(node: nodes.Node, shape: Property) -> Iterator[tuple[str, Property]]:
    if isinstance(node, nodes.Name):
        yield node.name, shape
    elif isinstance(node, nodes.Tuple):
        for item in node.items:
            yield from _targets(item, ANYTHING)
