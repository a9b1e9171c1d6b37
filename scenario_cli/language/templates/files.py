"""Reads template files, front matter and body, and checks their names. Renders nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import jinja2
from jinja2 import nodes

from scenario_cli.language.expressions import Converter, ExpressionError, Locate, environment
from scenario_cli.language.files import Files, in_order
from scenario_cli.language.find import shown_path
from scenario_cli.language.merge_marks import merge_marks
from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.shapes import ANYTHING, Scope, of_type
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.templates.endless import endless
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.project import Property, Template
from scenario_cli.model.source import Name, Span, whole_file
from scenario_cli.model.vocabulary import FILTERS, TEXT_FILTERS

_FOLDER = "templates/"
_FENCE = re.compile(r"---[ \t]*\r?\n(.*?\n)?---[ \t]*(\r?\n|$)", re.DOTALL)
_LOCALE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class TemplateText:
    """Any file below templates/: its Jinja text and the line on which that begins."""

    file: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class TemplateFiles:
    """The templates of a project, every text by its path below templates/, and the source of each file."""

    templates: list[Template] = field(default_factory=list)
    texts: dict[str, TemplateText] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)


def read_templates(files: Files) -> tuple[TemplateFiles, list[Diagnostic]]:
    """Everything below templates/, and its faults."""
    read = TemplateFiles()
    found: list[Diagnostic] = []
    shown = shown_path(files.root / "templates")
    for path in in_order([path for path in files.paths() if path.startswith(_FOLDER)]):
        relative = path.removeprefix(_FOLDER)
        if any(part.startswith(".") for part in relative.split("/")):
            continue
        file = f"{shown}/{relative}"
        source = _read(files, path, file, found)
        read.sources[file] = source
        fields, line, body = _front_matter(source, file, found)
        read.texts[relative] = TemplateText(file, body, line)
        named = _named(relative)
        if named is not None:
            name, channel, locale = named
            read.templates.append(Template(name, channel, locale, file, relative, fields, body, line))
    return read, found


def _read(files: Files, path: str, file: str, found: list[Diagnostic]) -> str:
    """The text of a file. One that cannot be read is empty, so that its name is known all the same."""
    try:
        data = files.read(path)
    except OSError as error:
        found.append(Diagnostic("MSG003", f"the template cannot be read: {error.strerror}", whole_file(file)))
        return ""
    try:
        text = data.decode("utf-8-sig")
        found.extend(merge_marks(text, file))
        return text
    except UnicodeDecodeError:
        found.append(Diagnostic("MSG003", "the template is not UTF-8 text", whole_file(file),
                                hint="save the file as UTF-8"))  # fmt: skip
        return data.decode("utf-8-sig", errors="replace")


def _named(relative: str) -> tuple[str, str, str | None] | None:
    """`welcome/hello.email.fr.j2` -> name, channel and locale; None for a file that others include."""
    if not relative.endswith(".j2"):
        return None
    folder, _, base = relative.removesuffix(".j2").rpartition("/")
    parts = base.split(".")
    if len(parts) not in (2, 3) or not all(parts):
        return None
    if len(parts) == 3 and not _LOCALE.fullmatch(parts[2]):
        return None
    name = f"{folder}/{parts[0]}" if folder else parts[0]
    return name, parts[1], parts[2] if len(parts) == 3 else None


def _front_matter(source: str, file: str, found: list[Diagnostic]) -> tuple[dict[str, Name], int, str]:
    match = _FENCE.match(source)
    if match is None:
        if source.startswith("---"):
            found.append(Diagnostic("MSG004", "the front matter is never closed", Span(file, 1, 1, 1, 4),
                                    hint="end it with a line '---'"))  # fmt: skip
        return {}, 1, source
    head = match.group(1) or ""
    # One empty line stands for the opening fence, so that lines are those of the file.
    node, faults = read_yaml(b"\n" + head.encode(), file)
    found.extend(fault for fault in faults if fault.code != "YAML006")
    if node is not None and not node.is_map:
        found.append(Diagnostic("MSG004", "the front matter is not a list of 'field: text' lines", node.span))
    fields: dict[str, Name] = {}
    for key, value in (node.fields if node is not None else {}).items():
        if value.is_map or value.is_list:
            found.append(Diagnostic("MSG004", f"'{key}' in the front matter is not a text", value.span))
        else:
            fields[key] = Name(value.text, value.span)
    return fields, source.count("\n", 0, match.end()) + 1, source[match.end() :]


def check_template(template: Template, texts: Mapping[str, TemplateText], scope: Scope) -> list[Diagnostic]:
    """Syntax and names of a template's front matter and body, and of all that it includes."""
    checker = _TemplateChecker(texts)
    for text in template.fields.values():
        checker.check(text.text, text.span.file, text.span.line, scope, text.span)
    checker.check(template.body, template.file, template.body_line, scope)
    return checker.found


@lru_cache(maxsize=1_000)
def parse_template(text: str) -> nodes.Template:
    """The syntax tree of a text. A layout that every e-mail extends is parsed once."""
    return environment().parse(text)


class _TemplateChecker:
    def __init__(self, texts: Mapping[str, TemplateText]) -> None:
        self.texts = texts
        self.found: list[Diagnostic] = []
        # The files that are being looked through, each with whether the one before reaches it whatever the data.
        self.visiting: dict[str, bool] = {}

    def check(self, text: str, file: str, line: int, scope: Scope, span: Span | None = None) -> None:
        try:
            parsed = parse_template(text)
        except jinja2.TemplateSyntaxError as error:
            at = line + error.lineno - 1
            self.found.append(
                Diagnostic("MSG002", f"not a template: {error.message}", span or Span(file, at, 1, at, 2))
            )
            return
        lines = text.splitlines() or [""]

        def locate(node_line: int, ahead: int, length: int) -> Span:
            return span or Span(file, line + node_line - 1, 1, line + node_line - 1, 2)

        walker = _Walker(self, locate)
        walker.block(parsed.body, scope)
        walker.checker.found += [
            Diagnostic("MSG006", fault.message, locate(fault.line, 0, 0), hint=fault.hint) for fault in endless(parsed)
        ]
        for fault in walker.checker.found:
            self.found.append(_point_at_word(fault, lines, line) if span is None else fault)

    def include(self, name: str, scope: Scope, span: Span, certain: bool) -> None:
        if name not in self.texts:
            self.found.append(Diagnostic("MSG005", f"no file '{name}' below templates/", span,
                                         hint=did_you_mean(name, self.texts, "files")))  # fmt: skip
        elif name not in self.visiting:
            self.visiting[name] = certain
            text = self.texts[name]
            self.check(text.text, text.file, text.line, scope)
            del self.visiting[name]
        elif certain and all(list(self.visiting.values())[list(self.visiting).index(name) + 1 :]):
            self.found.append(Diagnostic("MSG006", f"'{name}' includes or extends itself without end", span,
                                         hint="include what both need from a file of its own"))  # fmt: skip


def _point_at_word(fault: Diagnostic, lines: list[str], first: int) -> Diagnostic:
    """The finding at the column of the word that it quotes: Jinja gives the line of an expression alone."""
    quoted = re.findall(r"'(?:is )?([^']+)'", fault.message)
    index = fault.span.line - first
    if not 0 <= index < len(lines):
        return fault
    for word in reversed(quoted):
        match = re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", lines[index])
        if match:
            column = match.start() + 1
            line = fault.span.line
            span = Span(fault.span.file, line, column, line, column + len(word))
            return Diagnostic(fault.code, fault.message, span, fault.severity, fault.hint)
    return fault


class _Walker:
    """Follows a template's statements, with the names each brings into reach."""

    def __init__(self, owner: _TemplateChecker, locate: Locate) -> None:
        self.owner = owner
        self.locate = locate
        self.checker = Checker(FILTERS | TEXT_FILTERS, in_template=True)
        self.macros: set[str] = set()
        self.conditions = 0  # around the statement at hand: it may be carried out or not

    def shape(self, node: nodes.Node, scope: Scope) -> Property:
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            local = node.node.name in self.macros or node.node.name in ("caller", "super", "loop", "range")
            if local:
                for arg in (*node.args, *(keyword.value for keyword in node.kwargs)):
                    self.shape(arg, scope)
                return ANYTHING
        try:
            tree = Converter(self.locate).convert(node)
        except ExpressionError as error:
            self.checker.found.append(error.diagnostic())
            return ANYTHING
        return self.checker.shape(tree, scope)

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
                for other in node.elif_:
                    self.statement(other, scope)
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
        else:
            self.shape(node, scope)


def _targets(node: nodes.Node, shape: Property) -> Iterator[tuple[str, Property]]:
    if isinstance(node, nodes.Name):
        yield node.name, shape
    elif isinstance(node, nodes.Tuple):
        for item in node.items:
            yield from _targets(item, ANYTHING)
