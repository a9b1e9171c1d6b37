"""A scenario file's nodes to the model. Checks forms only; names are resolved in `references`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from scenario_cli.language.build.meanings import meanings
from scenario_cli.language.build.state import StateBuilder
from scenario_cli.language.build.trigger import build_trigger
from scenario_cli.language.build.values import entries
from scenario_cli.language.digest import values_text
from scenario_cli.language.schema.synonyms import value_meant
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Expression, ListOf
from scenario_cli.model.memo import memoized
from scenario_cli.model.project import Constant
from scenario_cli.model.scenario import DEFAULT_WINDOW, Goal, Scenario, Target
from scenario_cli.model.sites import capture_sites
from scenario_cli.model.source import Name
from scenario_cli.model.waits import Duration


def build_scenario(
    root: Node, file: str, constants: Mapping[str, Constant] | None = None
) -> tuple[Scenario | None, list[Diagnostic]]:
    """The scenario that the file holds; None if too much is missing for a machine.

    The names that it defines, and the project's `constants`, are written out in its expressions.
    """
    return _built(root, file, constants or {})


@memoized
def _built(root: Node, file: str, constants: Mapping[str, Constant]) -> tuple[Scenario | None, list[Diagnostic]]:
    builder = _ScenarioBuilder()
    scenario = builder.scenario(root, file)
    if scenario is None:
        return None, builder.findings
    captured = (site.name.text for site in capture_sites(scenario) if site.name is not None)
    meanings_, define = meanings(constants, builder.definitions(root.get("define")), captured)
    scenario = meanings_.within(replace(scenario, define=define))
    return scenario, [*builder.findings, *meanings_.findings]


class _ScenarioBuilder(StateBuilder):
    def scenario(self, root: Node, file: str) -> Scenario | None:
        """The scenario; None, with the faults of its other parts, if it has no name or no states."""
        name = self.name(root.get("scenario"))
        self.purpose = self.text(root.get("purpose"), "marketing")
        trigger_node = root.get("trigger")
        listed = trigger_node.items if trigger_node is not None and trigger_node.is_list else (trigger_node,)
        on_project_clock = self.text(root.get("timezone")) == "project"
        built = (build_trigger(self, node, on_project_clock) for node in listed)
        triggers = tuple(trigger for trigger in built if trigger is not None)
        states = {key: self.state(key, span, node) for key, span, node in entries(root.get("states"))}
        version = root.get("version")
        priority = root.get("priority")
        exclusive = root.get("exclusive")
        group, limit, wait = (
            (exclusive.get("group"), exclusive.get("limit"), exclusive.get("wait"))
            if exclusive is not None and exclusive.is_map
            else (exclusive, None, None)
        )
        scenario = Scenario(
            name=name.text if name is not None else "",
            file=file,
            span=name.span if name is not None else root.span,
            triggers=triggers,
            states=states,
            digest=hashlib.sha256(values_text(root).encode()).hexdigest(),
            version=version.value if version is not None and isinstance(version.value, int | str) else 1,
            title=self.text(root.get("title")),
            description=self.text(root.get("description")),
            program=self.name(root.get("program")),
            phase=self.name(root.get("phase")),
            owner=self.text(root.get("owner")),
            reviewed=self.text(root.get("reviewed")),
            status=self.text(root.get("status"), "draft"),
            priority=priority.value if priority is not None and isinstance(priority.value, int) else 50,
            purpose=self.purpose,
            audience=self.expression(root.get("audience")),
            key=self.key(root.get("key")),
            while_running=self.text(root.get("while_running"), "ignore"),
            reentry=self.reentry(root.get("reentry")),
            goal=self.goal(root.get("goal")),
            holdout=self.share(root.get("holdout")),
            active=self.active(root.get("active")),
            on_project_clock=on_project_clock,
            max_running=self.whole_number(root.get("max_running")),
            exclusive=self.text(group),
            group_limit=(limit and self.whole_number(limit)) or 1,
            group_wait=self.duration(wait, elapsed=False),
            on=self.transitions(root.get("on")),
            when=self.branches(root.get("when")),
            was=self.text(root.get("was")) or None,
            in_flight=self.text(root.get("in_flight"), "pinned"),
            migrate=self.moves(root),
            batch=self.text(root.get("batch")),
            planned=self.planned(root.get("planned")),
        )
        return scenario if name is not None and states else None

    def moves(self, root: Node) -> tuple[tuple[Name, Target], ...]:
        """The states that are gone, each with the target of the journeys in it."""
        node, in_flight = root.get("migrate"), root.get("in_flight")
        if node is None or not node.is_map:
            return ()
        if in_flight is not None and in_flight.text == "pinned":
            self.report("SCH008", "'migrate' needs 'in_flight: follow', because pinned journeys do not move",
                        root.key("migrate"), "write 'in_flight: follow', or remove 'migrate'")  # fmt: skip
        pairs = ((Name(name, node.key(name).span), self.target(field)) for name, field in node.fields.items())
        return tuple((name, target) for name, target in pairs if target is not None)

    def key(self, node: Node | None) -> Expression | None:
        """An expression, or a list of them, which becomes one expression for a list."""
        if node is None or not node.is_list:
            return self.expression(node)
        parts = [self.expression(item) for item in node.items]
        expressions = [part for part in parts if part is not None]
        if len(expressions) < len(parts) or not expressions:
            return None
        source = ", ".join(part.source for part in expressions)
        return Expression(f"[{source}]", ListOf(tuple(part.root for part in expressions), node.span), node.span)

    def definitions(self, node: Node | None) -> list[tuple[Name, Expression | None]]:
        """The names of `define` with their expressions; None for one that cannot be read."""
        if node is None or not node.is_map:
            return []
        return [(Name(key, node.key(key).span), self.expression(field)) for key, field in node.fields.items()]

    def reentry(self, node: Node | None) -> Duration | str | None:
        if node is None or node.text in ("never", "always"):
            return node.text if node is not None else None
        word = value_meant("reentry", node.text) if isinstance(node.value, str) else None
        if word is not None:
            self.report("SCH004", f"'reentry' cannot be '{node.text}'", node, f"did you mean '{word}'? allowed: "
                        "'never', 'always', a duration since the previous entry")  # fmt: skip
            return None
        return self.duration(node, elapsed=False)

    def active(self, node: Node | None) -> tuple[date | None, date | None]:
        """The first and the last day on which contacts can enter."""
        if node is None or not node.is_map:
            return None, None
        days = self.day(node.get("from")), self.day(node.get("until"))
        if days[0] is not None and days[1] is not None and days[0] > days[1]:
            self.report("TIME020", "the first day is after the last day, so nobody ever enters", node)
        return days

    def day(self, node: Node | None) -> date | None:
        if node is None or not node.text or not self.is_day(node.text, node, "write year-month-day"):
            return None
        return date.fromisoformat(node.text)

    def is_day(self, text: str, node: Node, hint: str) -> bool:
        try:
            date.fromisoformat(text)
        except ValueError:
            self.report("TIME020", f"'{node.text}' is not a valid date", node, hint)
            return False
        return True

    def planned(self, node: Node | None) -> Name | None:
        """A day, or a month."""
        planned = self.name(node)
        if node is None or planned is None or not planned.text.replace("-", "").isdecimal():
            return None  # the shape is reported by the schema
        month = planned.text if planned.text.count("-") == 2 else f"{planned.text}-01"
        return planned if self.is_day(month, node, "write year-month-day, or year-month") else None

    def goal(self, node: Node | None) -> Goal | None:
        event = self.name(node.get("event")) if node is not None else None
        if node is None or event is None:
            return None
        ends_node = node.get("ends")
        ends: str | None = "converted"
        if ends_node is not None:
            ends = None if ends_node.value is False else self.outcome(ends_node)
            if ends_node.value is not False and ends_node.text.lower() in ("no", "off", "false"):
                self.report("REF009", (
                    f"'{ends_node.text}' would be the outcome "
                    "of contacts who reach the goal"
                ), ends_node,
                            "write 'ends: false' for a goal that only measures")  # fmt: skip
        return Goal(
            event=event,
            span=node.span,
            where=self.expression(node.get("where")),
            of=self.name(node.get("of")),
            within=self.duration(node.get("within"), elapsed=True) or DEFAULT_WINDOW,
            value=self.expression(node.get("value")),
            ends=ends,
            any_key=self.flag(node.get("any_key")),
        )

    def whole_number(self, node: Node | None) -> int | None:
        """A whole number above 0."""
        value = node.value if node is not None else None
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
