"""Reads template files, front matter and body, and checks their names. Renders nothing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache, partial

from jinja2 import nodes

from scenario_cli.language.expressions import Converter, ExpressionError
from scenario_cli.language.files import Files, in_order
from scenario_cli.language.find import shown_path
from scenario_cli.language.locales import HOW_TO_WRITE_A_LOCALE, known_locale
from scenario_cli.language.merge_marks import merge_marks
from scenario_cli.language.names.check import Checker
from scenario_cli.language.names.reader_filters import Written
from scenario_cli.language.names.shapes import ANYTHING, Scope, of_type
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.templates.endless import Endless, endless
from scenario_cli.language.templates.file_names import file_name
from scenario_cli.language.templates.other_tools import Slip, printed_as_is
from scenario_cli.language.templates.syntax import TemplateFault, included_in, parse_template
from scenario_cli.language.yaml_lines import with_line_feeds
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.expression import Expr
from scenario_cli.model.kept import Keeping, kept
from scenario_cli.model.project import Property, Template
from scenario_cli.model.source import Name, Span, whole_file
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import FILTERS, READER_FILTERS, TEXT_FILTERS

MOST_FILES = 40  # that include one another in a row
_FOLDER = "templates/"
_FENCE = re.compile(r"---[ \t]*\r?\n(.*?\n)?---[ \t]*(\r?\n|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TemplateText(Keeping):
    """Any file below templates/: its Jinja text and the line on which that begins.

    `sets` and `fields` are the texts of its front matter: statements on lines of their own, and the fields. A field's
    own text has the `node` that it was read from.
    """

    file: str
    text: str
    line: int
    fields: Mapping[str, TemplateText] = field(default_factory=dict)
    node: Node | None = None
    sets: tuple[TemplateText, ...] = ()

    def span_at(self, offset: int, length: int = 1) -> Span:
        """The span in the file of a stretch of the text."""
        if self.node is not None:
            return self.node.at(offset, length)
        starts = _line_starts(self.text)
        number = bisect_right(starts, offset) - 1
        line, column = self.line + number, offset - starts[number] + 1
        return Span(self.file, line, column, line, column + max(length, 1))


def converted(text: TemplateText, node: nodes.Node) -> Expr | ExpressionError:
    """The expression that a node of a text holds, converted once, or why there is none."""
    known = _conversions(text)
    if id(node) not in known:
        try:
            known[id(node)] = node, Converter(partial(_located, text)).convert(node)
        except ExpressionError as error:
            known[id(node)] = node, error
    return known[id(node)][1]


@kept
def _conversions(text: TemplateText) -> dict[int, tuple[nodes.Node, Expr | ExpressionError]]:
    """By the identity of the node, which is kept with the expression so that no other gets the same."""
    return {}


def _located(text: TemplateText, line: int, ahead: int, length: int) -> Span:
    return text.span_at(*parse_template(text.text).stretch(line, ahead, length))


@lru_cache(maxsize=10_000)
def _line_starts(text: str) -> tuple[int, ...]:
    """The offset of each line, once line ends are of one character."""
    return (0, *(match.end() for match in re.finditer("\n", with_line_feeds(text))))


@dataclass(frozen=True, slots=True)
class TemplateFiles:
    """The templates of a project, every text by its path below templates/, and the source of each file."""

    templates: list[Template] = field(default_factory=list)
    texts: dict[str, TemplateText] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)


def read_templates(files: Files, channels: Collection[str] = ()) -> tuple[TemplateFiles, list[Diagnostic]]:
    """Everything below templates/, and its faults; `channels` are those of the project."""
    result = TemplateFiles()
    doubtful: list[tuple[str, Template | None, Diagnostic]] = []
    findings: list[Diagnostic] = []
    folder_name = shown_path(files.root / "templates")
    for path in in_order([path for path in files.paths() if path.startswith(_FOLDER)]):
        relative = path.removeprefix(_FOLDER)
        if any(part.startswith(".") for part in relative.split("/")):
            continue
        file = f"{folder_name}/{relative}"
        source = _read(files, path, file, findings)
        result.sources[file] = source
        template_text, faults = _template_text(source, file)
        findings.extend(faults)
        result.texts[relative] = template_text
        read_name = file_name(relative, file, channels, bool(template_text.fields))
        template = None
        if read_name.template is not None:
            name, channel, locale = read_name.template
            if locale is not None and read_name.fault is None and not known_locale(locale):
                findings.append(Diagnostic("MSG022", f"unknown locale '{locale}'", whole_file(file), "warning",
                                        HOW_TO_WRITE_A_LOCALE))  # fmt: skip
            template = _template(template_text, name, channel, locale, relative)
        if read_name.fault is not None and read_name.doubtful and channels:
            doubtful.append((relative, template, read_name.fault))
            continue
        result.templates.extend([template] if template is not None else [])
        findings += [read_name.fault] if read_name.fault is not None else []
    all_texts = (part for text in result.texts.values() for part in (text, *text.sets, *text.fields.values()))
    included = {name for part in all_texts for name in included_in(part.text)} if doubtful else set()
    for relative, template, fault in doubtful:
        is_template = relative not in included and "" not in included  # a name that is calculated may be that of any
        findings += [fault] if is_template else []
        if template is not None and (relative.endswith(".j2") != is_template):
            result.templates.append(template)
    return result, findings


@lru_cache(maxsize=2_000)
def _template_text(source: str, file: str) -> tuple[TemplateText, Sequence[Diagnostic]]:
    """A template's text with those of its front matter, and their faults; made once while the file stays as it is."""
    findings: list[Diagnostic] = []
    head, sets, line, body = _front_matter(source, file, findings)
    fields = {key: TemplateText(file, node.text, node.span.line, node=node) for key, node in head.items()}
    return TemplateText(file, body, line, fields, sets=sets), findings


@kept
def _template(text: TemplateText, name: str, channel: str, locale: str | None, path: str) -> Template:
    fields = {key: Name(field.text, field.node.span) for key, field in text.fields.items() if field.node is not None}
    stated = tuple(Name(statement.text, statement.span_at(0)) for statement in text.sets)
    return Template(name, channel, locale, text.file, path, fields, text.text, text.line, stated)


def _read(files: Files, path: str, file: str, findings: list[Diagnostic]) -> str:
    """The text of a file. One that cannot be read is empty, so that its name is known all the same."""
    try:
        data = files.read(path)
    except OSError as error:
        findings.append(Diagnostic("MSG003", f"the template cannot be read: {error.strerror}", whole_file(file)))
        return ""
    try:
        text = data.decode("utf-8-sig")
        findings.extend(merge_marks(text, file))
        return text
    except UnicodeDecodeError:
        findings.append(Diagnostic("MSG003", "the template is not UTF-8 text", whole_file(file),
                                hint="save the file as UTF-8"))  # fmt: skip
        return data.decode("utf-8-sig", errors="replace")


def _front_matter(
    source: str, file: str, findings: list[Diagnostic]
) -> tuple[dict[str, Node], tuple[TemplateText, ...], int, str]:
    """The fields of the front matter, its statements, the line on which the body begins, and the body."""
    match = _FENCE.match(source)
    if match is None:
        if source.startswith("---"):
            findings.append(Diagnostic("MSG004", "the front matter is not closed", Span(file, 1, 1, 1, 4),
                                    hint="end it with a line '---'"))  # fmt: skip
        return {}, (), 1, source
    head, sets = _statements(match.group(1) or "", file, findings)
    # One empty line stands for the opening fence, so that lines are those of the file.
    node, faults = read_yaml(b"\n" + head.encode(), file)
    findings.extend(fault for fault in faults if fault.code != "YAML006")
    if node is not None and not node.is_map:
        findings.append(Diagnostic("MSG004", "the front matter is not a list of 'field: text' lines", node.span))
    fields: dict[str, Node] = {}
    for key, value in (node.fields if node is not None else {}).items():
        if value.is_map or value.is_list:
            findings.append(Diagnostic("MSG004", f"'{key}' in the front matter is not a text", value.span))
        else:
            fields[key] = value
    return fields, sets, source.count("\n", 0, match.end()) + 1, source[match.end() :]


_STATEMENT = re.compile(r"^\{%.*?%\}", re.DOTALL | re.MULTILINE)
_BESIDE = re.compile(r"[ \t]*\{%.*?%\}", re.DOTALL)  # on the line on which another ends
_SET = re.compile(r"\{%[-+]?\s*set\b([^=]*?)([-+]?%\}|=)", re.DOTALL)
_END_SET = re.compile(r"\{%[-+]?\s*endset\s*[-+]?%\}")


def _statements(head: str, file: str, findings: list[Diagnostic]) -> tuple[str, tuple[TemplateText, ...]]:
    """The front matter with the statements that begin a line taken out, and these; the lines stay where they are."""
    sets: list[TemplateText] = []
    at = 0
    while match := (_BESIDE.match(head, at) if at else None) or _STATEMENT.search(head, at):
        start, end = match.span()
        opening = _SET.match(match[0].lstrip())
        if opening is not None and opening[2] != "=" and (closing := _END_SET.search(head, end)):
            end = closing.end()
        line = head.count("\n", 0, start) + 2  # the fence is the first
        column = start - (head.rfind("\n", 0, start) + 1)
        if opening is None:
            span = Span(file, line, column + 1, line, column + 3)
            findings.append(Diagnostic("MSG004", "only {% set %} is allowed on a line of the front matter", span,
                                    hint="write it into a field or the body"))  # fmt: skip
        else:
            sets.append(TemplateText(file, " " * column + head[start:end], line))
        head = head[:start] + re.sub(r"[^\r\n]", " ", head[start:end]) + head[end:]
        at = end
    return head, tuple(sets)


@kept
def check_template(
    template_text: TemplateText, texts: Mapping[str, TemplateText], scope: Scope, locale: str, currency: str
) -> Sequence[Diagnostic]:
    """Syntax and names of a template's front matter and body, and of all that it includes."""
    checker = _TemplateChecker(texts, Written(locale, currency))
    for text in (*template_text.sets, *template_text.fields.values(), template_text):
        scope = checker.check(text, scope)
    return checker.found


@lru_cache(maxsize=10_000)
def _faults_of_itself(text: str) -> tuple[tuple[Slip, ...], tuple[Endless, ...]]:
    """The faults of a text that do not depend on the names it may use: many messages share a layout."""
    parsed = parse_template(text)
    slips = (slip for offset, stretch in parsed.printed for slip in printed_as_is(offset, stretch))
    may_be_endless = "range" in text or "macro" in text
    return tuple(slips), tuple(endless(parsed.tree)) if may_be_endless else ()


class _TemplateChecker:
    def __init__(self, texts: Mapping[str, TemplateText], written: Written) -> None:
        self.texts = texts
        self.written = written
        self.found: list[Diagnostic] = []
        # The files that are being looked through, each with whether the one before reaches it whatever the data.
        self.visiting: dict[str, bool] = {}

    def check(self, text: TemplateText, scope: Scope) -> Scope:
        """Checks a text; returns the names that are known after it."""
        try:
            parsed = parse_template(text.text)
        except TemplateFault as error:
            span = text.span_at(error.offset, error.length)
            self.found.append(Diagnostic("MSG002", error.message or "not a template", span, hint=error.hint))
            return scope
        slips, endings = _faults_of_itself(text.text)
        for slip in slips:
            span = text.span_at(slip.offset, slip.length)
            self.found.append(Diagnostic("MSG006", slip.message, span, "warning", slip.hint))

        walker = _Walker(self, text)
        scope = walker.block(parsed.tree.body, scope)
        walker.checker.found += [
            Diagnostic("MSG009", fault.message, walker.locate(fault.line, 0, 0), hint=fault.hint) for fault in endings
        ]
        self.found += walker.checker.found
        return scope

    def include(self, name: str, scope: Scope, span: Span, certain: bool) -> None:
        if name not in self.texts:
            self.found.append(Diagnostic("MSG005", f"no file '{name}' below templates/", span,
                                         hint=f"{did_you_mean(name, self.texts, 'files')}; or create "
                                         f"templates/{name}"))  # fmt: skip
        elif len(self.visiting) > MOST_FILES:
            self.found.append(Diagnostic("MSG005", f"more than {MOST_FILES} files include one another in a row", span,
                                         hint="include them side by side"))  # fmt: skip
        elif name not in self.visiting:
            self.visiting[name] = certain
            self.check(self.texts[name], scope)
            del self.visiting[name]
        elif certain and all(list(self.visiting.values())[list(self.visiting).index(name) + 1 :]):
            self.found.append(Diagnostic("MSG009", f"'{name}' includes or extends itself without end", span,
                                         hint="include the shared part from another file"))  # fmt: skip


class _Walker:
    """Follows a template's statements, with the names each brings into reach."""

    def __init__(self, owner: _TemplateChecker, text: TemplateText) -> None:
        self.owner = owner
        self.text = text
        self.checker = Checker(FILTERS | TEXT_FILTERS | READER_FILTERS.keys(), in_template=True, written=owner.written)
        self.macros: set[str] = set()
        self.conditions = 0  # around the statement at hand: it may be carried out or not

    def locate(self, line: int, ahead: int, length: int) -> Span:
        return _located(self.text, line, ahead, length)

    def shape(self, node: nodes.Node, scope: Scope) -> Property:
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            local = node.node.name in self.macros or node.node.name in ("caller", "super", "loop", "range")
            if local:
                for arg in (*node.args, *(keyword.value for keyword in node.kwargs)):
                    self.shape(arg, scope)
                return ANYTHING
        value = converted(self.text, node)
        if isinstance(value, ExpressionError):
            self.checker.found.append(value.diagnostic())
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
            self.checker.found.append(Diagnostic("MSG005", f"the file name {name} needs quotes", span,
                                                 hint=f"write '{name}'"))  # fmt: skip
        else:
            self.shape(node, scope)


def _unquoted(node: nodes.Node) -> str:
    """A name that was written without quotes, as it stands."""
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
