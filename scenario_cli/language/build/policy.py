"""policy.yaml to the model."""

from __future__ import annotations

from scenario_cli.language.build.values import Builder
from scenario_cli.language.schema.synonyms import value_meant
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Literal, Value
from scenario_cli.model.policy import CALENDAR_PERIODS, Cap, Exemption, Policy, QuietHours
from scenario_cli.model.source import Name
from scenario_cli.model.wait_grammar import WaitError, parse_time_of_day, parse_weekdays


def build_policy(root: Node) -> tuple[Policy, list[Diagnostic]]:
    """The delivery policy that the file states, and its faults."""
    builder = _PolicyBuilder()
    node = root.get("policy")
    return (Policy() if node is None or not node.is_map else builder.policy(node)), builder.findings


# The keys of a cap, of quiet hours and of their exceptions that pick messages by name.
_PICKING = ("channels", "programs", "scenarios", "tags")


def _listed(exempt: Exemption) -> str:
    """The names of an exception: any name of one list, and one name of each list."""
    lists = (exempt.channels, exempt.programs, exempt.scenarios, exempt.tags)
    return " on ".join(" or ".join(name.text for name in names) for names in lists if names)


class _PolicyBuilder(Builder):
    def policy(self, node: Node) -> Policy:
        quiet, caps = node.get("quiet_hours"), node.get("caps")
        max_hold = self.duration(node.get("max_hold"), elapsed=True)
        built = (self.cap(item) for item in (caps.items if caps is not None else ()))
        return Policy(
            control_group=self.share(node.get("control_group")),
            quiet_hours=tuple(self.quiet(item) for item in (quiet.items if quiet is not None else ())),
            caps=tuple(cap for cap in built if cap is not None),
            on_cap=self.text(node.get("on_cap"), "drop"),
            on_quiet=self.text(node.get("on_quiet"), "delay"),
            max_hold=max_hold.elapsed if max_hold is not None else Policy().max_hold,
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
            self.named(node.get("programs")),
            self.named(node.get("scenarios")),
            self.named(node.get("tags")),
            self.exempt(node.get("except")),
            self.text(node.get("timezone")) == "project",
        )

    def exempt(self, node: Node | None) -> Exemption | None:
        """The messages that are left out; None if none are."""
        if node is None or not node.is_map or not node.fields:
            return None
        return Exemption(node.span, *(self.named(node.get(key)) for key in _PICKING))

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
        if most is None or per is None or type(most.value) is not int or most.value < 1:
            return None
        period: str | int = per.text
        if period not in CALENDAR_PERIODS:
            word = value_meant("per", period)
            if word is not None:
                self.report("SCH004", f"'per' of a cap cannot be '{period}'", per, f"did you mean '{word}'? allowed: "
                            "'day', 'week', 'month', a duration such as 7d")  # fmt: skip
                return None
            window = self.duration(per, elapsed=True)
            if window is None:
                return None
            period = window.elapsed
        selected = {key: self.named(node.get(key)) for key in _PICKING}
        exempt = self.exempt(node.get("except"))
        about = "".join(f" on {name}" for names in selected.values() for name in names)
        about += f" except {_listed(exempt)}" if exempt is not None else ""
        condition = self.expression(node.get("if"))
        about += f" if {condition.source}" if condition is not None else ""
        return Cap(node.span, f"at most {most.value} per {per.text}{about}", most.value, period,
                   condition=condition, exempt=exempt, **selected)  # fmt: skip

    def named(self, node: Node | None) -> tuple[Name, ...]:
        return tuple(Name(item.text, item.span) for item in node.items) if node is not None else ()
