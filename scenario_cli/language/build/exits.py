"""Builds the exits of a state from its nodes: targets, conditions, `choose`, waits. Resolves no names."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from scenario_cli.language.build.values import Builder
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.expression import Const, Expression, path_of
from scenario_cli.model.scenario import OWN_OUTCOMES, Branch, Fallback, Target, Timeout
from scenario_cli.model.waits import Duration, Wait


class ExitBuilder(Builder):
    def outcome(self, node: Node) -> str:
        if node.text in OWN_OUTCOMES:
            self.report("REF009", f"the outcome '{node.text}' is reserved for the engine", node, "use another word")
        return node.text

    def target(self, node: Node | None) -> Target | None:
        """A state's name or `{end: outcome}`."""
        if node is None or node.value is None:
            return None
        if node.is_map:
            end = node.get("end")
            return Target(node.span, outcome=self.outcome(end)) if end is not None and end.text else None
        return Target(node.span, state=node.text) if node.text else None

    def branches(self, node: Node | None) -> tuple[Branch, ...]:
        """`{condition: target, ..., else: target}` in the order written."""
        if node is None or not node.is_map:
            return ()
        branches: list[Branch] = []
        for text, field in node.fields.items():
            key = node.key(text)
            target = self.target(field)
            if text == "else" and target is not None:
                branches.append(Branch(None, target))
            elif text != "else":
                condition = self.expression(key) or _unreadable(key)
                if target is not None:
                    branches.append(Branch(condition, target))
        return tuple(branches)

    def choose(self, node: Node | None) -> tuple[Branch, ...]:
        branches = self.branches(node)
        if node is not None and node.is_map and node.fields:
            if "else" not in node.fields:
                self.report("FLOW004", "'choose' has no 'else'", node.key(next(iter(node.fields))),
                            "add where everybody else goes: 'else: <state>'")  # fmt: skip
            elif list(node.fields)[-1] != "else":
                self.report("FLOW004", "'else' is not the last line of 'choose'", node.key("else"),
                            "move it to the end: it matches everybody whom no earlier condition matched")  # fmt: skip
        return tuple(sorted(branches, key=lambda branch: branch.condition is None))

    def timeouts(self, node: Node | None) -> tuple[Timeout, ...]:
        if node is None:
            return ()
        timeouts: list[Timeout] = []
        if "wait" in node.fields:
            return ()  # the long form without its '- ', which the schema has reported
        for text, field in node.fields.items():
            wait, target = self.wait(node.key(text)) or _unreadable_wait(node.key(text)), self.target(field)
            if target is not None:
                timeouts.append(Timeout(wait, target))
        for item in node.items:
            wait, target = self.long_wait(item) or _unreadable_wait(item), self.target(item.get("to"))
            if target is not None:
                condition = self.expression(item.get("if"))
                past, missing = (self.fallback(item.get(key)) for key in ("if_past", "if_missing"))
                if past is None and wait.since is not None:
                    past = "now"
                timeouts.append(Timeout(wait, target, condition, past, missing))
        return tuple(timeouts)

    def long_wait(self, item: Node) -> Wait | None:
        """`{wait}`, `{for}`, `{at}`, or `{wait, at}`: values from data are under `for`, `at` and `since`."""
        wait = self.counted(item)
        if wait is None or item.get("since") is None:
            return wait
        since = self.expression(item.get("since"))
        if since is None:
            return None
        if wait.date is not None:
            self.report("TIME022", f"'{wait.text}' is a date, so 'since' has no effect",
                        item.key("since"), "remove 'since', or write a duration after it: 'wait: 3d'")  # fmt: skip
        elif path_of(since.root) == ("now",):
            self.report("TIME022", "every wait starts now, so 'since: now' has no effect", item.key("since"),
                        "remove it, or use an earlier instant such as journey.entered_at")  # fmt: skip
        return replace(wait, text=f"{wait.text} since {since.source}", since=since)

    def counted(self, item: Node) -> Wait | None:
        """The wait of the long form, from any starting point."""
        wait_node, length, at = item.get("wait"), self.expression(item.get("for")), self.expression(item.get("at"))
        wait = self.wait(wait_node) if wait_node is not None else None
        if wait_node is not None and wait is None:
            return None
        if wait is None and length is None and at is None:
            return None
        if wait is None:
            parts = [
                f"{word} {expression_.source}"
                for word, expression_ in (("for", length), ("at", at))
                if expression_ is not None
            ]
            return Wait(" ".join(parts), item.span, length=length, at_value=at)
        if at is None:
            return wait
        if wait.at is not None or wait.cron:
            self.report("TIME021", "this wait has two times of day", item, "leave one of them out")
        return replace(wait, text=f"{wait.text} at {at.source}", at_value=at)

    def fallback(self, node: Node | None) -> Fallback | None:
        """`now`, `never`, or a target."""
        if node is None or node.text in ("now", "never"):
            return None if node is None else cast(Fallback, node.text)
        return self.target(node)


def _unreadable(node: Node) -> Expression:
    """In place of a condition with a fault, so that its target is checked all the same: nothing runs with it."""
    return Expression(node.text, Const(None, node.span), node.span)


def _unreadable_wait(node: Node) -> Wait:
    """The same in place of a wait."""
    return Wait(node.text, node.span, duration=Duration(days=1))
