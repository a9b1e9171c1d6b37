"""A tracking plan as the text of an events.yaml. Reads nothing. The reader reads the same plan back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scenario_cli.model.plain_text import printable

if TYPE_CHECKING:
    from scenario_cli.analysis.tracking_plan.infer import Described, InferredPlan

SCHEMA_LINE = "# yaml-language-server: $schema=../schemas/events.schema.json"

# Texts that need no quotes, also for readers of YAML 1.1.
_PLAIN = re.compile(r"[A-Za-z_][\w./+-]*( [\w./+-]+)*", re.ASCII)
_WORDS = frozenset("null true false yes no on off y n nan inf".split())


def plan_text(plan: InferredPlan, head: str = "") -> str:
    """The whole file."""
    lines = [SCHEMA_LINE, *(f"# {line}".rstrip() for line in map(printable, head.split("\n")))]
    if plan.profile:
        lines += ["", "profile:", *attribute_lines(plan, 2)]
    lines += ["", "events:" if plan.events else "events: {}"]
    for number, name in enumerate(plan.events):
        lines += ([""] if number else []) + event_lines(plan, name, 2)
    return "\n".join(lines) + "\n"


def attribute_lines(plan: InferredPlan, indent: int) -> list[str]:
    """The profile's attributes, one a line."""
    return list(_entries(plan.profile, plan.remarks, "", indent))


def event_lines(plan: InferredPlan, name: str, indent: int) -> list[str]:
    """One event with its properties."""
    event = plan.events[name]
    remark = _remark(plan.remarks, name, "")
    at = " " * indent
    if not event:
        return [f"{at}{scalar(name)}: {{}}{remark}"]
    lines = [f"{at}{scalar(name)}:{remark}"]
    for key, value in event.items():
        if key == "properties":
            lines += [f"{at}  properties:", *_entries(value, plan.remarks, name, indent + 4)]
        else:
            lines.append(f"{at}  {key}: {flow(value)}")
    return lines


def entry(name: str, described: Described) -> str:
    """`total: number`, on one line."""
    return f"{scalar(name)}: {flow(described)}"


def _entries(
    described: Mapping[str, Described], remarks: Mapping[tuple[str, str], str], event: str, indent: int
) -> Iterator[str]:
    for name, value in described.items():
        yield f"{' ' * indent}{entry(name, value)}{_remark(remarks, event, name)}"


def _remark(remarks: Mapping[tuple[str, str], str], event: str, name: str) -> str:
    remark = remarks.get((event, name))
    return f"  # {printable(remark)}" if remark else ""


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else scalar(str(value))


def scalar(text: str) -> str:
    """A text, in quotes where it would be read as something else without them."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + "".join(map(_escaped, text)).replace("##", "#\\x23") + '"'  # `##[` is a command of a CI log


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
