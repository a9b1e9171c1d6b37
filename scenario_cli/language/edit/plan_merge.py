"""Adds the events and properties to an events.yaml that it lacks; the rest keeps its layout. Writes no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenario_cli.analysis.tracking_plan.infer import InferredPlan
from scenario_cli.language.edit.plan_text import attribute_lines, block_entry, entry, event_lines, flow, flow_entry
from scenario_cli.language.edit.splicing import line_starts, pieced
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.schema import check as schema
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span


@dataclass(frozen=True, slots=True)
class Merged:
    """The new text, what was added (`event` or `event.property`, `contact.attribute`), and what the plan says
    otherwise than the export, which is left as it is."""

    text: str
    added: tuple[str, ...]
    differs: tuple[str, ...] = ()


class CannotMerge(Exception):
    """The text cannot be added to; the message says why, `found` are its faults."""

    def __init__(self, message: str, found: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message)
        self.found = found


class _Edit:
    """The text with its insertions, by places in the text as it was."""

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
        """The end of the line that the offset lies in, its comment included."""
        found = self.text.find("\n", offset)
        found = len(self.text) if found < 0 else found
        return found - 1 if self.text[found - 1 : found] == "\r" else found

    def end_of_value(self, node: Node) -> int:
        """The end of the last text of a value: the end of a block lies behind the blank that follows it."""
        while not self.is_flow(node):
            inner = _last_written(node) if node.is_map else node.items[-1] if node.items else None
            if inner is None:
                break
            node = inner
        end = self.end(node.span)
        # A text on lines of its own ends, for the parser, where the next thing begins.
        return len(self.text[:end].rstrip()) if node.style in ("|", ">") else end

    def add_lines(self, after: int, lines: list[str]) -> None:
        at = self.end_of_line(after)
        self.pieces.append((at, at, "".join(f"{self.newline}{line}" for line in lines)))

    def put(self, start: int, end: int, written: str) -> None:
        self.pieces.append((start, end, written))

    def result(self) -> str:
        return pieced(self.text, self.pieces)


def _last_written(node: Node) -> Node | None:
    """The last value of a mapping, or its key where nothing, or the name of something above, stands for it."""
    if not node.fields:
        return None
    name = max(node.fields, key=lambda key: (node.key(key).span.line, node.key(key).span.column))
    return node.key(name) if _is_elsewhere(node, name) or node.fields[name].value is None else node.fields[name]


def _is_elsewhere(node: Node, key: str) -> bool:
    """Whether the value is an alias of something that stands above."""
    return node.fields[key].span < node.key(key).span


def merge_plan(text: str, plan: InferredPlan, file: str) -> Merged:
    """The text with the events, properties and attributes that it lacks. Raises CannotMerge."""
    bare = text.removeprefix("\ufeff")
    root, found = _sound(bare, file)
    if root is None or not root.is_map or found:
        raise CannotMerge("it is not sound YAML", tuple(found))
    edit = _Edit(bare)
    added: list[str] = []
    differs: list[str] = []
    # A section that is new goes to the end, after what belongs to the last one.
    sections = [_merge_profile, _merge_events] if "profile" in root.fields else [_merge_events, _merge_profile]
    for merge in sections:
        merge(root, plan, edit, added, differs)
    merged = edit.result()
    _check(merged, root, plan, file)
    mark = "\ufeff" if bare != text else ""
    return Merged(mark + merged, tuple(added), tuple(differs))


def _merge_profile(root: Node, plan: InferredPlan, into: _Edit, added: list[str], differs: list[str]) -> None:
    known = root.get("profile")
    fields = known.fields if known is not None else {}
    new = {name: described for name, described in plan.profile.items() if name not in fields}
    differs += _differences("contact", fields, plan.profile)
    added += [f"contact.{name}" for name in new]
    if not new:
        return
    if known is not None and _is_elsewhere(root, "profile"):
        raise CannotMerge("its 'profile' is an alias; write it out first")
    if known is None or not known.is_map:
        part = InferredPlan(new, {}, plan.remarks)
        _add_section(root, "profile", known, attribute_lines(part, 2), into)
        return
    _add_entries(known, {name: flow(described) for name, described in new.items()}, into,
                 _remarks(plan, "", new))  # fmt: skip


def _merge_events(root: Node, plan: InferredPlan, into: _Edit, added: list[str], differs: list[str]) -> None:
    known = root.get("events")
    fields = known.fields if known is not None else {}
    for name, event in plan.events.items():
        if name in fields and fields[name].value is not None and not fields[name].is_map:
            continue
        if name in fields:
            _merge_event(name, root, fields[name], event, plan, into, added, differs)
    new = [name for name in plan.events if name not in fields]
    added += new
    if not new:
        return
    if known is None or not known.is_map:
        lines = [line for name in new for line in event_lines(plan, name, 2)]
        _add_section(root, "events", known, lines, into)
    elif into.is_flow(known):
        _add_entries(known, {name: flow(plan.events[name]) for name in new}, into, {})
    else:
        column = min(key.span.column for key in (known.keys or {}).values()) - 1
        lines = []
        for name in new:
            lines += ["", *event_lines(plan, name, column)]
        into.add_lines(into.end_of_value(known), lines)


def _merge_event(
    name: str, root: Node, node: Node, event: Mapping[str, Any], plan: InferredPlan, into: _Edit,
    added: list[str], differs: list[str],
) -> None:  # fmt: skip
    described: Mapping[str, Any] = event.get("properties", {})
    is_profile = node.get("profile")
    if is_profile is not None and is_profile.value is True:
        return  # its properties are the profile's attributes
    known = node.get("properties")
    fields = known.fields if known is not None else {}
    differs += _differences(name, fields, described)
    new = {key: value for key, value in described.items() if key not in fields}
    added += [f"{name}.{key}" for key in new]
    if not new:
        return
    entries = {key: flow(value) for key, value in new.items()}
    remarks = _remarks(plan, name, new)
    if known is not None and (_is_elsewhere(node, "properties") or _is_elsewhere(root.fields["events"], name)):
        raise CannotMerge(f"the properties of '{name}' are an alias; write them out first")
    if known is not None and known.is_map and known.fields:
        _add_entries(known, entries, into, remarks)
    elif known is not None:
        # `properties: {}` or `properties:`, which says nothing: its place is taken.
        _replace(known, "{" + ", ".join(flow_entry(key, value) for key, value in entries.items()) + "}", into)
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


def _differences(owner: str, known: Mapping[str, Node], found: Mapping[str, Any]) -> list[str]:
    """Types that differ between plan and export. A text may be anything, so a plan with a text is only wider."""
    differences = []
    for name, described in found.items():
        node = known.get(name)
        mine = _type_of(plain(node)) if node is not None else None
        theirs = _type_of(described)
        if isinstance(mine, str) and isinstance(theirs, str) and mine != theirs and (mine, theirs) not in _WIDER:
            differences.append(f"{owner}.{name}: the plan says {mine}, the export {theirs}")
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
    return {name: f"  # {said}" for name in names if (said := plan.remarks.get((event, name)))}


def _add_section(root: Node, key: str, known: Node | None, lines: list[str], into: _Edit) -> None:
    if known is not None:  # `events:` with nothing after it
        into.add_lines(into.start(root.key(key).span), lines)
        return
    end = len(into.text.rstrip())
    into.add_lines(max(end - 1, 0), ["", f"{key}:", *lines])


def _add_entries(node: Node, entries: Mapping[str, str], into: _Edit, remarks: Mapping[str, str]) -> None:
    """Entries at the end of a mapping, in its own manner: on lines of their own, or inside its braces."""
    if into.is_flow(node):
        written = [flow_entry(key, value) for key, value in entries.items()]
        last = _last_written(node)
        # Right after the last value: a comment before the brace would swallow what is put there.
        at = into.end(last.span) if last is not None else into.start(node.span) + 1
        into.put(at, at, (", " if last is not None else "") + ", ".join(written))
        return
    column = min(key.span.column for key in (node.keys or {}).values()) - 1
    margin = " " * column
    lines = [f"{margin}{block_entry(key, value, margin)}{remarks.get(key, '')}" for key, value in entries.items()]
    into.add_lines(into.end_of_value(node), lines)


def _replace(node: Node, written: str, into: _Edit) -> None:
    """Puts lines in the place of `{}`, of `null`, or of nothing after the colon."""
    start, end = into.start(node.span), into.end(node.span)
    into.put(start, end, written if start < end else f" {written}")


def _sound(text: str, file: str) -> tuple[Node | None, list[Diagnostic]]:
    """The document, and its errors."""
    root, found = read_yaml(text.encode(), file)
    return root, [one for one in found if one.severity == "error"]


def _check(text: str, before: Node, plan: InferredPlan, file: str) -> None:
    """Refuses a merge that lost something or did not add everything."""
    root, found = _sound(text, file)
    if root is None or found or any(one.severity == "error" for one in schema.check(root, "events")):
        raise CannotMerge("what would be written is not a sound tracking plan; nothing was written", tuple(found))
    if not _holds(plain(root), plain(before)):
        raise CannotMerge("something of the plan would be lost; nothing was written")
    after = plain(root)
    missing = [name for name in plan.events if name not in after["events"]]
    if missing:
        raise CannotMerge(f"'{missing[0]}' could not be added; nothing was written")


def _holds(after: Any, before: Any) -> bool:
    if isinstance(before, dict):
        return isinstance(after, dict) and all(key in after and _holds(after[key], before[key]) for key in before)
    return before is None or bool(after == before)
