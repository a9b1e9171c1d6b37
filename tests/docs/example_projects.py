"""An example of the documentation as a project that is read and, if the example shows results, run.

The parts that an example leaves out are added here: the project and the tracking plan that the page shows first, a
name, a trigger and a goal for a part of a scenario, a template for every message that is named. Expects nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scenario_cli.engine.calendar import UTC, due, instant, local, zone
from scenario_cli.engine.compile.bindings import Bindings
from scenario_cli.engine.compile.expressions import compile_condition, compile_value
from scenario_cli.engine.compile.program import compile_program
from scenario_cli.engine.cron import next_match
from scenario_cli.engine.feeding import feed_event
from scenario_cli.engine.state import ContactState
from scenario_cli.engine.step import advance, change_profile, new_contact, step
from scenario_cli.hosts.rows import RowWriter
from scenario_cli.hosts.tables import load_tables
from scenario_cli.language.expressions import parse_expression
from scenario_cli.language.names.check import check_expression
from scenario_cli.language.names.metrics import catalogue
from scenario_cli.language.names.shapes import Scope
from scenario_cli.language.project import Loaded, load_project
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.event import Event
from scenario_cli.model.expression import Expression
from scenario_cli.model.plan_row import PlanRow, row_values
from scenario_cli.model.records import (
    Asked,
    Converted,
    Ended,
    Entered,
    Held,
    Looked,
    Moved,
    Record,
    Refused,
    Updated,
    Warned,
)
from scenario_cli.model.source import Span
from scenario_cli.model.wait_grammar import parse_wait
from scenario_cli.reports.findings import full_text
from tests.docs.pages import LANGUAGE, Block, Example, blocks_of

# The contact of the examples, who can receive messages on every channel. Contacts in traces have her time zone.
ZONE = "Europe/Paris"
ANA: Mapping[str, Any] = {
    "timezone": ZONE,
    "email": "ana@example.com",
    "email_optin": True,
    "push_token": "token",
    "push_optin": True,
    "phone": "+33600000000",
    "sms_optin": True,
}

_REST = {
    "scenario": "scenario: example\n",
    "trigger": "trigger: {event: cart_updated}\n",
    "goal": "goal: {event: review_written, ends: false}\n",
    "states": "states: {waiting: {after: {30d: {end: over}}}}\n",
}
_NOWHERE = Span("", 1, 1, 1, 1)


def base() -> dict[str, str]:
    """The project and the tracking plan of the language's reference, which its examples use."""
    files: dict[str, str] = {}
    for block, _ in blocks_of(LANGUAGE[0]):
        if block.file in ("project.yaml", "events.yaml"):
            files.setdefault(block.file, block.text)
    return files


def load(example: Example, root: Path) -> Loaded:
    """Loads the example's project in an empty folder, which must be the current one."""
    files = base()
    for block in example.files:
        if block.kind in ("yaml", "jinja", "csv"):
            files[block.file or "example.yaml"] = block.text if block.file else whole(block.text)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    loaded = load_project(root, tests=True)
    missing = [name for name in _messages(loaded) if not list((root / "templates").glob(f"{name}*.j2"))]
    for name in missing:
        template = root / "templates" / f"{name}.j2"
        template.parent.mkdir(parents=True, exist_ok=True)
        template.write_text("---\nsubject: Hello\n---\nHello\n", encoding="utf-8")
    return load_project(root, tests=True) if missing else loaded


def whole(part: str) -> str:
    """A part of a scenario as a complete scenario. The missing keys come after it, so that its lines keep their
    numbers.
    """
    node, _ = read_yaml(part.encode(), "example.yaml")
    keys = node.fields if node is not None else {}
    if "scenario" in keys or node is None:
        return part
    return part + "".join(text for key, text in _REST.items() if key not in keys)


def _messages(loaded: Loaded) -> Iterator[str]:
    """The files that the project's messages name, without .j2. In an example of a mistake, `missing/...` stays
    missing.
    """
    for scenario in loaded.project.scenarios.values():
        for message in scenario.messages:
            if not message.template.text.startswith("missing/"):
                yield f"{message.template.text}.{message.channel.text}"


# Findings about parts that an example of a mistake leaves out because they do not matter: owners and caps, fallbacks,
# an exit.
_LEFT_OUT = ("MSG011", "MSG013", "MSG014", "MSG016")


def findings(loaded: Loaded) -> str:
    """The findings that an example of a mistake shows, without hints."""
    faults = [finding for finding in loaded.findings if finding.severity != "info" and finding.code not in _LEFT_OUT]
    return full_text(faults, loaded.sources, color=False, width=100)


def errors(loaded: Loaded) -> str:
    """The errors in an example that shows results. It can be too short to be good practice."""
    faults = [finding for finding in loaded.findings if finding.severity == "error"]
    return full_text(faults, loaded.sources, color=False, width=100)


_INPUT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)  (event|profile|known|now|end of the log)(?: (.*))?")
_OUTPUT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? {4}\S")
_EVENT = re.compile(r"(\S+)(?: (\{.*\}))?(?: with id (\S+))?")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of a trace's inputs: its lines, the sent messages as their recipients see them, and the rows of the
    plan, each filled column on a line.
    """

    trace: str
    messages: str
    rows: str


def run(loaded: Loaded, trace: str) -> Outcome:
    """Replays the inputs of a trace and writes its other lines anew. Times are on the contact's clock.

    A line `known` has the time at which the contact became known, if it is before the first event.
    """
    tables = load_tables(loaded.project)
    program = compile_program(loaded.project, tables=tables)
    lines = trace.splitlines()
    contact = dict(ANA)
    if lines and lines[0].startswith("contact "):
        contact = {"timezone": ZONE, **_mapping(lines[0].removeprefix("contact "))}
    state = new_contact(program, "ana", contact)
    tz = state.zone
    known_at = next((input_[1] for line in lines if (input_ := _INPUT.fullmatch(line)) and input_[2] == "known"), None)
    if known_at is not None:
        state = new_contact(program, "ana", contact, _instant(known_at, tz))
    several = len(program.machines) > 1
    story = [line for line in lines[:1] if line.startswith("contact ")]
    messages: list[str] = []
    rows: list[str] = []
    writer = RowWriter(loaded.project, tables)
    for line in lines:
        input_ = _INPUT.fullmatch(line)
        if input_ is None:
            assert line in story or _OUTPUT.match(line), f"neither what happens nor what comes of it: {line}"
            continue
        at = _instant(input_[1], tz)
        records: list[Record] = []
        match input_[2]:
            case "event":
                read = _EVENT.fullmatch(input_[3] or "")
                assert read is not None, line
                records += step(program, state, Event(read[1], at, _mapping(read[2] or "{}"), read[3]))
            case "profile":
                records += change_profile(program, state, at, _mapping(input_[3]))
            case _:
                records += advance(program, state, at)
        before = [record for record in records if record.at < at or input_[2] == "end of the log"]
        story += [_line(record, tz, several) for record in before]
        story.append(line)
        story += [_line(record, tz, several) for record in records if record not in before]
        for record in records:
            if isinstance(record, Asked | Updated):
                is_sent = isinstance(record, Asked) and not record.reason
                row = writer.row("ana", record, "sent")
                cells = ((name, _cell(value)) for name, value in row_values(row).items())
                rows.append("".join(f"{name}: {text}\n" for name, text in cells if text))
                if is_sent:
                    messages.append(_message(row))
    return Outcome("".join(f"{line}\n" for line in story), "\n".join(messages), "\n".join(rows))


def _cell(value: Any) -> str:
    """A column of a row as a plan writes it; empty if there is no value."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _mapping(text: str) -> dict[str, Any]:
    node, faults = read_yaml(text.encode(), "trace")
    assert node is not None, faults
    value = plain(node)
    assert isinstance(value, dict), text
    return value


def _instant(text: str, tz: ZoneInfo) -> int:
    return instant(datetime.fromisoformat(text), tz)


def _clock(at: int, tz: ZoneInfo) -> str:
    return local(at, tz).strftime("%Y-%m-%d %H:%M" if not at % 60_000_000 else "%Y-%m-%d %H:%M:%S")


def _line(record: Record, tz: ZoneInfo, several: bool) -> str:
    scenario = f"{record.scenario}: " if several and record.scenario else ""
    return f"{_clock(record.at, tz)}    {scenario}{_sentence(record, tz)}"


def _sentence(record: Record, tz: ZoneInfo) -> str:
    match record:
        case Entered():
            key = ", ".join(map(str, record.key)) if isinstance(record.key, tuple) else record.key
            return "enters" if key is None else f"enters, key {key}"
        case Refused(reason="taken"):
            return "used by a running journey"
        case Refused():
            return f"cannot enter: {record.reason}"
        case Moved():
            return f"-> {record.target}" + (f"  ({record.cause})" if record.cause else "")
        case Asked():
            detail = f" ({record.detail})" if record.detail else ""
            dropped = f" dropped: {record.reason}{detail}" if record.reason else ""
            return f"{record.channel} {record.template}{dropped}"
        case Updated():
            return f"{record.attribute}: {_value_text(record.before)} -> {_value_text(record.after)}"
        case Held():
            return f"{record.channel} held until {_clock(record.until, tz)}: {record.why.partition(',')[0]}"
        case Converted():
            return "converts" if record.value is None else f"converts, worth {record.value}"
        case Ended():
            return f"ends: {record.outcome}"
        case Warned():
            return f"data warning, {record.place}: {record.detail}"
        case Looked():
            return f"looks at {record.condition}"


def _message(row: PlanRow) -> str:
    """A rendered row, or the reason why it could not be rendered."""
    head = f"{row.channel} to {row.address}" + (f", locale {row.locale}" if row.locale else "")
    if row.reason:
        return f"{head}\ndropped: {row.reason}, {row.detail}\n"
    fields = "".join(f"{name}: {text}\n" for name, text in (row.fields or {}).items())
    return f"{head}\n{fields}\n{(row.body or '').rstrip()}\n"


def values(example: Example, block: Block, root: Path) -> str:
    """The expressions of a block, each calculated for the contact after the events of the lines before it.

    A line that begins with `if` is read as a condition, any other as a value. `now` moves the time.
    """
    loaded = load(example, root)
    assert not loaded.broken, findings(loaded)
    profile: dict[str, Any] = dict(ANA)
    lines: list[str] = []
    sources = Bindings(loaded.project, (), load_tables(loaded.project))
    scope = Scope(loaded.project.plan, catalogue(loaded.project))
    compiled = {
        number: _compiled(line, sources)
        for number, line in enumerate(block.text.splitlines())
        if " -> " in line and not _INPUT.fullmatch(line)
    }
    frame = ContactState("ana", profile, zone(ZONE) or UTC, len(sources.slot_owners))
    frame.now = 0
    for number, line in enumerate(block.text.splitlines()):
        input_ = _INPUT.fullmatch(line)
        if number in compiled:
            lines.append(_worked_out(line, *compiled[number], frame, scope))
            continue
        lines.append(line)
        if line.startswith("contact "):
            frame.profile = _mapping(line.removeprefix("contact "))
        elif input_ is not None:
            frame.now = _instant(input_[1], frame.zone)
            frame.known_at = frame.known_at or frame.now
            frame.bind(None, None)
            scope = replace(scope, trigger=(), events=None)
            if input_[2] == "event":
                scope = replace(scope, trigger=(name := _feed_event(input_[3], frame, sources),), events=(name,))
        else:
            assert not line.strip(), f"neither what happens nor an expression with ' -> ': {line}"
    return "".join(f"{line}\n" for line in lines)


def _feed_event(written: str, frame: ContactState, sources: Bindings) -> str:
    """Adds an event to metrics, history and segments; gives its name."""
    read = _EVENT.fullmatch(written)
    assert read is not None, written
    event = Event(read[1], frame.now, _mapping(read[2] or "{}"))
    frame.bind(None, event)
    feed_event(frame, event, tuple(sources.feeds.get(event.name, ())), tuple(sources.histories.get(event.name, ())))
    for segment in sources.segments.values():
        segment.look_again(frame)
    return read[1]


def _compiled(line: str, sources: Bindings) -> tuple[Expression, Callable[[ContactState], Any]]:
    text = line.partition(" -> ")[0].rstrip()
    expression = parse_expression(Node(_NOWHERE, text.removeprefix("if "), None, "'"))
    compiled = compile_condition if text.startswith("if ") else compile_value
    return expression, compiled(expression, "example", sources)


def _worked_out(
    line: str, expression: Expression, work_out: Callable[[ContactState], Any], frame: ContactState, scope: Scope
) -> str:
    assert not [each for each in check_expression(expression, scope) if each.severity == "error"], line
    frame.records = []
    value = work_out(frame)
    warned = ", with a data warning" if frame.records else ""
    return f"{line.partition(' -> ')[0]} -> {_value_text(value)}{warned}"


def _value_text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value_text, value))}]"
    return repr(value)


_WAITS = re.compile(r"^\| wait \| begins \| is over \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", re.MULTILINE)


def waits_of(page: Path) -> list[tuple[str, str, str]]:
    """The rows of the page's tables of waits, with times in Paris."""
    rows = [row for table in _WAITS.findall(page.read_text(encoding="utf-8")) for row in table.splitlines()]
    return [(cells[1].strip(" `"), cells[2].strip(), cells[3].strip()) for cells in (row.split("|") for row in rows)]


def wait_is_over(wait: str, begins: str) -> str:
    tz = zone(ZONE) or UTC
    read, begun = parse_wait(wait, _NOWHERE), _instant(begins[4:], tz)
    moment = next_match(read.cron, begun, tz) if read.cron else due(read, begun, tz)
    return f"{local(moment, tz):%a %Y-%m-%d %H:%M}"
