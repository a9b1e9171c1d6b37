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
# YAML accepts no longer text as a key unless it is marked as a key.
_LONGEST_KEY = 1_000


def plan_text(plan: InferredPlan, head: str = "") -> str:
    """The whole file."""
    lines = [SCHEMA_LINE, *(f"# {line}".rstrip() for line in map(printable, head.split("\n")))]
    if plan.profile:
        lines += ["", "profile:", *attribute_lines(plan, 2)]
    left_out = plan.remarks.get(("", ""))
    lines += ["", *([f"# {left_out}"] if left_out else []), "events:" if plan.events else "events: {}"]
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
        return [f"{at}{_key(name, at)} {{}}{remark}"]
    lines = [f"{at}{_key(name, at)}{remark}"]
    for key, value in event.items():
        if key == "properties":
            lines += [f"{at}  properties:", *_entries(value, plan.remarks, name, indent + 4)]
        else:
            lines.append(f"{at}  {key}: {flow(value)}")
    return lines


def entry(name: str, described: Described, at: str = "") -> str:
    """`total: number`, on one line; a very long name gets its own line. `at` is the text before both lines."""
    return block_entry(name, flow(described), at)


def block_entry(name: str, value: str, at: str) -> str:
    """The same of a value that is written already."""
    return f"{_key(name, at)} {value}"


def _key(name: str, at: str) -> str:
    name_text = scalar(name)
    return f"{name_text}:" if len(name_text) <= _LONGEST_KEY else f"? {name_text}\n{at}:"


def flow_entry(name: str, value: str) -> str:
    """`total: number`, inside braces."""
    key = scalar(name)
    return f"{key}: {value}" if len(key) <= _LONGEST_KEY else f"? {key} : {value}"


def _entries(
    described: Mapping[str, Described], remarks: Mapping[tuple[str, str], str], event: str, indent: int
) -> Iterator[str]:
    for name, value in described.items():
        at = " " * indent
        yield f"{at}{entry(name, value, at)}{_remark(remarks, event, name)}"


def _remark(remarks: Mapping[tuple[str, str], str], event: str, name: str) -> str:
    remark = remarks.get((event, name))
    return f"  # {printable(remark)}" if remark else ""


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(flow_entry(str(key), flow(inner)) for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else scalar(str(value))


def scalar(text: str) -> str:
    """A text, in quotes if it would be read as another value without them."""
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
