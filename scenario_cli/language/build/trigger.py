"""Builds a trigger from its node. Resolves no names."""

from __future__ import annotations

from datetime import datetime

from scenario_cli.language.build.values import Builder
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.expression import Expression
from scenario_cli.model.source import Name
from scenario_cli.model.triggers import (
    AbsenceTrigger,
    AttributeTrigger,
    DateTrigger,
    EventTrigger,
    MomentTrigger,
    OutcomeTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    Trigger,
)
from scenario_cli.model.wait_grammar import WaitError, parse_offset, parse_time_of_day
from scenario_cli.model.waits import Duration


def build_trigger(builder: Builder, node: Node | None, on_project_clock: bool = False) -> Trigger | None:
    """The trigger that a mapping defines; None if it defines none.

    `on_project_clock` states whose clock the scenario uses if the trigger does not name a clock.
    """
    if node is None or not node.is_map:
        return None
    each = builder.expression(node.get("each"))
    if builder.text(node.get("timezone")):
        on_project_clock = builder.text(node.get("timezone")) == "project"
    if (event := builder.name(node.get("event"))) is not None:
        return EventTrigger(event, node.span, builder.expression(node.get("where")), each)
    if "absence" in node.fields:
        return _absence(builder, node)
    if (schedule := node.get("schedule")) is not None:
        wait = builder.wait(schedule)
        if wait is not None and (wait.duration is not None or wait.date is not None):
            builder.report("TIME001", f"'{wait.text}' is not a schedule", schedule,
                           "write 'at 09:00', 'at 09:00 on mon' or 'cron 0 9 1 * *'")  # fmt: skip
            return None
        return None if wait is None else ScheduleTrigger(wait, node.span, on_project_clock, each)
    if "date" in node.fields:
        return _date(builder, node)
    if (at := builder.name(node.get("at"))) is not None:
        try:
            datetime.fromisoformat(at.text)
        except ValueError:
            builder.report("TIME020", f"'{at.text}' is not a date and time", node.fields["at"],
                           "write it as 2025-11-28 08:00")  # fmt: skip
            return None
        return MomentTrigger(at, node.span, on_project_clock, each)
    if (segment := builder.name(node.get("segment"))) is not None:
        return _segment(builder, node, segment, each)
    if (attribute := builder.name(node.get("attribute"))) is not None:
        return AttributeTrigger(attribute, node.span, builder.expression(node.get("where")), each)
    if (scenario := builder.name(node.get("scenario"))) is not None:
        return OutcomeTrigger(scenario, node.span, builder.written_names(node.get("outcome")), each)
    return None


def _absence(builder: Builder, node: Node) -> AbsenceTrigger | None:
    absent = builder.name(node.get("absence"))
    length_node = node.get("for")
    length = builder.wait(length_node) if length_node is not None else None
    if absent is None or length is None or length_node is None:
        return None
    if length.duration is None or length.date is not None:
        builder.report("TIME001", f"'{length.text}' has no duration", length_node, "start with a duration: 3d")
        return None
    since = builder.name(node.get("since")) or absent
    each = builder.expression(node.get("each"))
    return AbsenceTrigger(absent, since, length, node.span, each, builder.name(node.get("by")))


def _segment(builder: Builder, node: Node, segment: Name, each: Expression | None) -> SegmentTrigger:
    leaves = builder.text(node.get("change")) == "left"
    already = node.get("already_in")
    already_in = already is not None and already.value is True
    if leaves and already_in and already is not None:
        builder.report("FLOW025", "'already_in' is for entering a segment, not for leaving it", already,
                       "remove 'already_in', or 'change: left'")  # fmt: skip
    return SegmentTrigger(segment, node.span, leaves, each, already_in and not leaves)


def _date(builder: Builder, node: Node) -> DateTrigger | None:
    date = builder.expression(node.get("date"))
    if date is None:
        return None
    offset, before = _offset(builder, node.get("offset"))
    return DateTrigger(
        date,
        node.span,
        offset,
        before,
        _time_of_day(builder, node.get("at")),
        builder.text(node.get("every")) == "year",
        builder.expression(node.get("each")),
    )


def _offset(builder: Builder, node: Node | None) -> tuple[Duration | None, bool]:
    if node is None or not isinstance(node.value, str):
        return None, False
    try:
        return parse_offset(node.value)
    except WaitError as error:
        builder.report("TIME001", str(error), node, error.hint)
        return None, False


def _time_of_day(builder: Builder, node: Node | None) -> int | None:
    if node is None or not isinstance(node.value, str):
        return None
    try:
        return parse_time_of_day(node.value)
    except WaitError as error:
        builder.report("TIME001", str(error), node, error.hint)
        return None
