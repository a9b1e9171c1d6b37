"""Adds the events and properties to an events.yaml that it lacks; the rest keeps its layout. Writes no file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenario_cli.analysis.tracking_plan.infer import InferredPlan
from scenario_cli.language.edit.plan_text import attribute_lines, block_entry, entry, event_lines, flow, flow_entry
from scenario_cli.language.edit.splicing import line_starts, pieced
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema import check as schema
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Merged:
    """The new text, the additions (`event`, `event.property`, `contact.attribute`), and the differences.

    A difference is a type in the plan that the export contradicts; the plan keeps it.
    """

    text: str
    added: tuple[str, ...]
    differences: tuple[str, ...] = ()


class CannotMerge(Exception):
    """The text cannot be added to; the message gives the reason, `findings` the faults of the text."""

    def __init__(self, message: str, findings: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class _Edit:
    """The text with its insertions, by places in the original text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.starts = line_starts(text)
        self.pieces: list[tuple[int, int, str]] = []

    def start(self, span: Span) -> int:
        return self.starts[span.line - 1] + span.column - 1

    def end(self, span: Span) -> int:
        return self.starts[span.end_line - 1] + span.end_column - 1

    def is_flow(self, node: Node) -> bool:
        return self.text[self.start(node.span) : self.start(node.span) + 1] in ("{", "[")

    def end_of_line(self, offset: int) -> int:
        """The end of the line that the offset is in, its comment included."""
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[end - 1 : end] == "\r" else end

    def end_of_value(self, node: Node) -> int:
        """The end of the last text of a value: the end of a block is after the blank line that follows it."""
        while not self.is_flow(node):
            inner = _last_written(node) if node.is_map else node.items[-1] if node.items else None
            if inner is None:
                break
            node = inner
        end = self.end(node.span)
        # For the parser, a text on its own lines ends at the beginning of the next value.
        return len(self.text[:end].rstrip()) if node.style in ("|", ">") else end

    def add_lines(self, after: int, lines: list[str]) -> None:
        offset = self.end_of_line(after)
        self.pieces.append((offset, offset, "".join(f"{self.newline}{line}" for line in lines)))

    def put(self, start: int, end: int, text: str) -> None:
        self.pieces.append((start, end, text))

    def result(self) -> str:
        return pieced(self.text, self.pieces)


def _last_written(node: Node) -> Node | None:
    """The last value of a mapping, or its key if the value is empty or an alias."""
    if not node.fields:
        return None
    name = max(node.fields, key=lambda key: (node.key(key).span.line, node.key(key).span.column))
    return node.key(name) if _is_elsewhere(node, name) or node.fields[name].value is None else node.fields[name]


def _is_elsewhere(node: Node, key: str) -> bool:
    """Whether the value is an alias of a node above it."""
    return node.fields[key].span < node.key(key).span


def merge_plan(text: str, plan: InferredPlan, file: str) -> Merged:
    """The text with the events, properties and attributes that it lacks. Raises CannotMerge."""
    unmarked = text.removeprefix("\ufeff")
    root, faults = _read(unmarked, file)
    if root is None or not root.is_map or faults:
        raise CannotMerge("it is not valid YAML", tuple(faults))
    edit = _Edit(unmarked)
    added: list[str] = []
    differences: list[str] = []
    # A new section goes to the end, after the entries of the last section.
    sections = [_merge_profile, _merge_events] if "profile" in root.fields else [_merge_events, _merge_profile]
    for merge in sections:
        merge(root, plan, edit, added, differences)
    merged = edit.result()
    _check(merged, root, plan, file)
    mark = "\ufeff" if unmarked != text else ""
    return Merged(mark + merged, tuple(added), tuple(differences))


def _merge_profile(root: Node, plan: InferredPlan, into: _Edit, added: list[str], differences: list[str]) -> None:
    section = root.get("profile")
    fields = section.fields if section is not None else {}
    new = {name: described for name, described in plan.profile.items() if name not in fields}
    differences += _differences("contact", fields, plan.profile)
    added += [f"contact.{name}" for name in new]
    if not new:
        return
    if section is not None and _is_elsewhere(root, "profile"):
        raise CannotMerge("its 'profile' is an alias; write it out first")
    if section is None or not section.is_map:
        part = InferredPlan(new, {}, plan.remarks)
        _add_section(root, "profile", section, attribute_lines(part, 2), into)
        return
    _add_entries(section, {name: flow(described) for name, described in new.items()}, into,
                 _remarks(plan, "", new))  # fmt: skip


def _merge_events(root: Node, plan: InferredPlan, into: _Edit, added: list[str], differences: list[str]) -> None:
    section = root.get("events")
    fields = section.fields if section is not None else {}
    for name, event in plan.events.items():
        if name in fields and fields[name].value is not None and not fields[name].is_map:
            continue
        if name in fields:
            _merge_event(name, root, fields[name], event, plan, into, added, differences)
    new = [name for name in plan.events if name not in fields]
    added += new
    if not new:
        return
    if section is None or not section.is_map:
        lines = [line for name in new for line in event_lines(plan, name, 2)]
        _add_section(root, "events", section, lines, into)
    elif into.is_flow(section):
        _add_entries(section, {name: flow(plan.events[name]) for name in new}, into, {})
    else:
        column = min(key.span.column for key in (section.keys or {}).values()) - 1
        lines = []
        for name in new:
            lines += ["", *event_lines(plan, name, column)]
        into.add_lines(into.end_of_value(section), lines)


def _merge_event(
    name: str, root: Node, node: Node, event: Mapping[str, Any], plan: InferredPlan, into: _Edit,
    added: list[str], differences: list[str],
) -> None:  # fmt: skip
    described: Mapping[str, Any] = event.get("properties", {})
    is_profile = node.get("profile")
    if is_profile is not None and is_profile.value is True:
        return  # its properties are the profile's attributes
    properties = node.get("properties")
    fields = properties.fields if properties is not None else {}
    differences += _differences(name, fields, described)
    new = {key: value for key, value in described.items() if key not in fields}
    added += [f"{name}.{key}" for key in new]
    if not new:
        return
    entries = {key: flow(value) for key, value in new.items()}
    remarks = _remarks(plan, name, new)
    if properties is not None and (_is_elsewhere(node, "properties") or _is_elsewhere(root.fields["events"], name)):
        raise CannotMerge(f"the properties of '{name}' are an alias; write them out first")
    if properties is not None and properties.is_map and properties.fields:
        _add_entries(properties, entries, into, remarks)
    elif properties is not None:
        # `properties: {}` or an empty `properties:` is replaced.
        _replace(properties, "{" + ", ".join(flow_entry(key, value) for key, value in entries.items()) + "}", into)
    elif node.is_map and node.fields:
        if into.is_flow(node):
            _add_entries(node, {"properties": flow(new)}, into, {})
        else:
            column = min(key.span.column for key in (node.keys or {}).values()) - 1
            lines = [f"{' ' * column}properties:"]
            lines += [
                f"{' ' * (column + 2)}{entry(key, value, ' ' * (column + 2))}{remarks.get(key, '')}"
                for key, value in new.items()
            ]
            into.add_lines(into.end_of_value(node), lines)
    else:
        _replace(node, flow({"properties": new}), into)


def _differences(owner: str, properties: Mapping[str, Node], inferred: Mapping[str, Any]) -> list[str]:
    """Types that differ between plan and export. A text can be anything, so a plan with a text is only wider."""
    differences = []
    for name, described in inferred.items():
        node = properties.get(name)
        plan_type = _type_of(plain(node)) if node is not None else None
        export_type = _type_of(described)
        if (
            isinstance(plan_type, str)
            and isinstance(export_type, str)
            and plan_type != export_type
            and (plan_type, export_type) not in _WIDER
        ):
            differences.append(f"{owner}.{name}: the plan has {plan_type}, the export {export_type}")
    return differences


_WIDER = {("number", "integer"), ("datetime", "date"), *(("string", kind) for kind in
          ("integer", "number", "boolean", "date", "datetime"))}  # fmt: skip


def _type_of(described: Any) -> Any:
    if not isinstance(described, Mapping):
        return described
    if described.get("type") == "string" and described.get("format") in ("date", "date-time"):
        return "date" if described["format"] == "date" else "datetime"
    return described.get("type")


def _remarks(plan: InferredPlan, event: str, names: Mapping[str, Any]) -> dict[str, str]:
    return {name: f"  # {remark}" for name in names if (remark := plan.remarks.get((event, name)))}


def _add_section(root: Node, key: str, section: Node | None, lines: list[str], into: _Edit) -> None:
    if section is not None:  # `events:` with nothing after it
        into.add_lines(into.start(root.key(key).span), lines)
        return
    end = len(into.text.rstrip())
    into.add_lines(max(end - 1, 0), ["", f"{key}:", *lines])


def _add_entries(node: Node, entries: Mapping[str, str], into: _Edit, remarks: Mapping[str, str]) -> None:
    """Adds entries at the end of a mapping, in its style: on lines of their own, or inside its braces."""
    if into.is_flow(node):
        texts = [flow_entry(key, value) for key, value in entries.items()]
        last = _last_written(node)
        # Right after the last value: a comment before the brace would swallow the new text.
        offset = into.end(last.span) if last is not None else into.start(node.span) + 1
        into.put(offset, offset, (", " if last is not None else "") + ", ".join(texts))
        return
    column = min(key.span.column for key in (node.keys or {}).values()) - 1
    margin = " " * column
    lines = [f"{margin}{block_entry(key, value, margin)}{remarks.get(key, '')}" for key, value in entries.items()]
    into.add_lines(into.end_of_value(node), lines)


def _replace(node: Node, text: str, into: _Edit) -> None:
    """Puts lines in place of `{}`, `null` or an empty value."""
    start, end = into.start(node.span), into.end(node.span)
    into.put(start, end, text if start < end else f" {text}")


def _read(text: str, file: str) -> tuple[Node | None, list[Diagnostic]]:
    """The document, and its errors."""
    root, findings = read_yaml(text.encode(), file)
    return root, [finding for finding in findings if finding.severity == "error"]


def _check(text: str, before: Node, plan: InferredPlan, file: str) -> None:
    """Refuses a merge that lost something or did not add everything."""
    root, faults = _read(text, file)
    if root is None or faults or any(fault.severity == "error" for fault in schema.check(root, "events")):
        raise CannotMerge("the result would not be a valid tracking plan; nothing was written", tuple(faults))
    if not _includes(plain(root), plain(before)):
        raise CannotMerge("part of the plan would be lost; nothing was written")
    after = plain(root)
    missing = [name for name in plan.events if name not in after["events"]]
    if missing:
        raise CannotMerge(f"'{missing[0]}' could not be added; nothing was written")


def _includes(after: Any, before: Any) -> bool:
    if isinstance(before, dict):
        return isinstance(after, dict) and all(key in after and _includes(after[key], before[key]) for key in before)
    return before is None or bool(after == before)
