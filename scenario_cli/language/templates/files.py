"""Reads template files, front matter and body. Checks no names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from functools import lru_cache, partial

from jinja2 import nodes

from scenario_cli.language.expressions import Converter, ExpressionError
from scenario_cli.language.files import Files, in_order, why_unread
from scenario_cli.language.find import shown_path
from scenario_cli.language.forgetting import of_texts
from scenario_cli.language.locales import HOW_TO_WRITE_A_LOCALE, known_locale
from scenario_cli.language.merge_marks import merge_marks
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.templates.file_names import file_name
from scenario_cli.language.templates.syntax import included_in, parse_template
from scenario_cli.language.yaml_lines import with_line_feeds
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Expr
from scenario_cli.model.memo import Memoizing, memoized
from scenario_cli.model.project import Template
from scenario_cli.model.source import Name, Span, whole_file
from scenario_cli.model.value_class import dataclass

MOST_FILES = 40  # in a chain of includes
_FOLDER = "templates/"
_FENCE = re.compile(r"---[ \t]*\r?\n(.*?\n)?---[ \t]*(\r?\n|$)", re.DOTALL)

_LATE_FENCE = re.compile(r"(\s+)---[ \t]*\r?\n[\w-]+:[ \t].*\n(?:.*\n)*?---[ \t]*(\r?\n|$)")


@dataclass(frozen=True, slots=True)
class TemplateText(Memoizing):
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
    """The expression of a text's node, converted once, or the reason why there is none."""
    conversions = _conversions(text)
    if id(node) not in conversions:
        try:
            conversions[id(node)] = node, Converter(partial(located, text)).convert(node)
        except ExpressionError as error:
            conversions[id(node)] = node, error
    return conversions[id(node)][1]


@memoized
def _conversions(text: TemplateText) -> dict[int, tuple[nodes.Node, Expr | ExpressionError]]:
    """Conversions by the identity of the node, which is kept with the expression so that no other node gets the same
    identity.
    """
    return {}


def located(text: TemplateText, line: int, ahead: int, length: int) -> Span:
    return text.span_at(*parse_template(text.text).stretch(line, ahead, length))


@of_texts
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
        if any(part.startswith(".") for part in relative.split("/")) or path.endswith("/"):
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
        is_template = relative not in included and "" not in included  # a calculated name can be that of any file
        findings += [fault] if is_template else []
        if template is not None and (relative.endswith(".j2") != is_template):
            result.templates.append(template)
    return result, findings


@of_texts
@lru_cache(maxsize=2_000)
def _template_text(source: str, file: str) -> tuple[TemplateText, Sequence[Diagnostic]]:
    """A template's text with those of its front matter, and their faults; made once per version of the file."""
    findings: list[Diagnostic] = []
    head, sets, line, body = _front_matter(source, file, findings)
    fields = {key: TemplateText(file, node.text, node.span.line, node=node) for key, node in head.items()}
    return TemplateText(file, body, line, fields, sets=sets), findings


@memoized
def _template(text: TemplateText, name: str, channel: str, locale: str | None, path: str) -> Template:
    fields = {key: Name(field.text, field.node.span) for key, field in text.fields.items() if field.node is not None}
    stated = tuple(Name(statement.text, statement.span_at(0)) for statement in text.sets)
    return Template(name, channel, locale, text.file, path, fields, text.text, text.line, stated)


def _read(files: Files, path: str, file: str, findings: list[Diagnostic]) -> str:
    """The text of a file. One that cannot be read is empty, so that its name is still known."""
    try:
        data = files.read(path)
    except OSError as error:
        findings.append(Diagnostic("MSG003", f"the template cannot be read: {why_unread(error)}", whole_file(file)))
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
        elif late := _LATE_FENCE.match(source):
            line = source.count("\n", 0, late.end(1)) + 1
            fence = Span(file, line, 1, line, 4)
            findings.append(Diagnostic("MSG004", "the front matter does not begin on the first line", fence,
                                    hint="remove the empty lines above '---'"))  # fmt: skip
        return {}, (), 1, source
    head, sets = _statements(match.group(1) or "", file, findings)
    # One empty line replaces the opening fence, so that line numbers match the file.
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
    """The front matter without the statements that begin a line, and these statements; line numbers stay the same."""
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
