"""policy.yaml to the model."""

from __future__ import annotations

from scenario_cli.language.build.values import Builder
from scenario_cli.language.reader import Node
from scenario_cli.language.schema.synonyms import value_meant
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Literal, Value
from scenario_cli.model.policy import CALENDAR_PERIODS, Cap, Policy, QuietHours
from scenario_cli.model.source import Name
from scenario_cli.model.wait_grammar import WaitError, parse_time_of_day, parse_weekdays


def build_policy(root: Node) -> tuple[Policy, list[Diagnostic]]:
    """The delivery policy that the file states, and its faults."""
    builder = _PolicyBuilder()
    node = root.get("policy")
    return (Policy() if node is None or not node.is_map else builder.policy(node)), builder.found


class _PolicyBuilder(Builder):
    def policy(self, node: Node) -> Policy:
        quiet, caps = node.get("quiet_hours"), node.get("caps")
        hold = self.duration(node.get("max_hold"), elapsed=True)
        made = (self.cap(item) for item in (caps.items if caps is not None else ()))
        return Policy(
            control_group=self.share(node.get("control_group")),
            quiet_hours=tuple(self.quiet(item) for item in (quiet.items if quiet is not None else ())),
            caps=tuple(cap for cap in made if cap is not None),
            on_cap=self.text(node.get("on_cap"), "drop"),
            on_quiet=self.text(node.get("on_quiet"), "delay"),
            max_hold=hold.elapsed if hold is not None else Policy().max_hold,
        )

    def quiet(self, node: Node) -> QuietHours:
        on = node.get("on")
        days: tuple[int, ...] = ()
        if on is not None and on.text:
            try:
                days = parse_weekdays(on.text.replace(" ", ""))
            except WaitError as error:
                self.report("TIME001", str(error), on, error.hint)
        return QuietHours(
            node.span,
            self.named(node.get("channels")),
            self.time_of_day(node.get("from")),
            self.time_of_day(node.get("to")),
            days,
        )

    def time_of_day(self, node: Node | None) -> Value | None:
        """`21:00` in minutes after midnight, or after `=` an expression."""
        if node is None or not isinstance(node.value, str):
            return None
        if node.value.startswith("="):
            return self.expression(node, skip=1)
        try:
            return Literal(parse_time_of_day(node.value), node.span)
        except WaitError as error:
            self.report("TIME001", str(error), node, error.hint)
            return None

    def cap(self, node: Node) -> Cap | None:
        most, per = node.get("max"), node.get("per")
        if most is None or per is None or not isinstance(most.value, int):
            return None
        period: str | int = per.text
        if period not in CALENDAR_PERIODS:
            meant = value_meant("per", period)
            if meant is not None:
                self.report("SCH004", f"'per' of a cap cannot be '{period}'", per, f"did you mean '{meant}'? allowed: "
                            "'day', 'week', 'month', a duration such as 7d")  # fmt: skip
                return None
            window = self.duration(per, elapsed=True)
            if window is None:
                return None
            period = window.elapsed
        picked = {key: self.named(node.get(key)) for key in ("channels", "programs", "scenarios", "tags")}
        about = "".join(f" on {name}" for names in picked.values() for name in names)
        condition = self.expression(node.get("if"))
        about += f" if {condition.source}" if condition is not None else ""
        return Cap(node.span, f"at most {most.value} per {per.text}{about}", most.value, period,
                   picked["channels"], picked["programs"], picked["scenarios"], picked["tags"], condition)  # fmt: skip

    def named(self, node: Node | None) -> tuple[Name, ...]:
        return tuple(Name(item.text, item.span) for item in node.items) if node is not None else ()
