"""A scenario file's nodes to the model. Checks forms only; names are resolved in `references`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import cast

from scenario_cli.language.build.meanings import meanings
from scenario_cli.language.build.split import build_split
from scenario_cli.language.build.trigger import build_trigger
from scenario_cli.language.build.values import Builder
from scenario_cli.language.schema.synonyms import value_meant
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.dates import looks_dated, read_date
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.expression import Expression, ListOf, Literal, Value, path_of
from scenario_cli.model.project import Constant
from scenario_cli.model.scenario import (
    DEFAULT_WINDOW,
    OWN_OUTCOMES,
    Branch,
    Emitted,
    Fallback,
    FirstOf,
    Goal,
    Message,
    Scenario,
    Send,
    State,
    Target,
    Timeout,
    Transition,
)
from scenario_cli.model.sites import capture_sites
from scenario_cli.model.source import Name, Span
from scenario_cli.model.waits import Duration, Wait

_UNSUPPORTED = ("in_flight", "migrate")


def build_scenario(
    root: Node, file: str, constants: Mapping[str, Constant] | None = None
) -> tuple[Scenario | None, list[Diagnostic]]:
    """The scenario that the file holds; None where too much is missing for a machine.

    The names that it defines, and the project's `constants`, are written out in its expressions.
    """
    builder = _ScenarioBuilder()
    scenario = builder.scenario(root, file)
    if scenario is None:
        return None, builder.found
    captured = (site.name.text for site in capture_sites(scenario) if site.name is not None)
    made, define = meanings(constants or {}, builder.definitions(root.get("define")), captured)
    scenario = made.within(replace(scenario, define=define))
    return scenario, [*builder.found, *made.found]


class _ScenarioBuilder(Builder):
    purpose = "marketing"

    def scenario(self, root: Node, file: str) -> Scenario | None:
        name = self.name(root.get("scenario"))
        states_node = root.get("states")
        if name is None or states_node is None or not states_node.fields:
            return None
        self.refuse_unsupported(root, _UNSUPPORTED, "in a scenario")
        self.purpose = self.text(root.get("purpose"), "marketing")
        trigger_node = root.get("trigger")
        listed = trigger_node.items if trigger_node is not None and trigger_node.is_list else (trigger_node,)
        on_project_clock = self.text(root.get("timezone")) == "project"
        made = (build_trigger(self, node, on_project_clock) for node in listed)
        triggers = tuple(trigger for trigger in made if trigger is not None)
        states = {key: self.state(key, states_node.key(key).span, node) for key, node in states_node.fields.items()}
        version = root.get("version")
        priority = root.get("priority")
        exclusive = root.get("exclusive")
        group, limit, wait = (
            (exclusive.get("group"), exclusive.get("limit"), exclusive.get("wait"))
            if exclusive is not None and exclusive.is_map
            else (exclusive, None, None)
        )
        return Scenario(
            name=name.text,
            file=file,
            span=name.span,
            triggers=triggers,
            states=states,
            digest=hashlib.sha256(json.dumps(plain(root), sort_keys=True).encode()).hexdigest(),
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
            max_running=self.whole(root.get("max_running")),
            exclusive=self.text(group),
            group_limit=(limit and self.whole(limit)) or 1,
            group_wait=self.duration(wait, elapsed=False),
            on=self.transitions(root.get("on")),
            when=self.branches(root.get("when")),
        )

    def key(self, node: Node | None) -> Expression | None:
        """An expression, or a list of them, which is one expression that gives a list."""
        if node is None or not node.is_list:
            return self.expression(node)
        parts = [self.expression(item) for item in node.items]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or not known:
            return None
        source = ", ".join(part.source for part in known)
        return Expression(f"[{source}]", ListOf(tuple(part.root for part in known), node.span), node.span)

    def definitions(self, node: Node | None) -> list[tuple[Name, Expression | None]]:
        """The names of `define` with their expressions; None for one that cannot be read."""
        if node is None or not node.is_map:
            return []
        return [(Name(key, node.key(key).span), self.expression(field)) for key, field in node.fields.items()]

    def reentry(self, node: Node | None) -> Duration | str | None:
        if node is None or node.text in ("never", "always"):
            return node.text if node is not None else None
        meant = value_meant("reentry", node.text) if isinstance(node.value, str) else None
        if meant is not None:
            self.report("SCH004", f"'reentry' cannot be '{node.text}'", node, f"did you mean '{meant}'? allowed: "
                        "'never', 'always', a duration since the previous entry")  # fmt: skip
            return None
        return self.duration(node, elapsed=False)

    def active(self, node: Node | None) -> tuple[date | None, date | None]:
        """The first and the last day on which contacts may enter."""
        if node is None or not node.is_map:
            return None, None
        days = self.day(node.get("from")), self.day(node.get("until"))
        if days[0] is not None and days[1] is not None and days[0] > days[1]:
            self.report("TIME020", "the first day lies after the last one, so nobody ever enters", node)
        return days

    def day(self, node: Node | None) -> date | None:
        if node is None or not node.text:
            return None
        try:
            return date.fromisoformat(node.text)
        except ValueError:
            self.report("TIME020", f"'{node.text}' is no day of the calendar", node, "write year-month-day")
            return None

    def goal(self, node: Node | None) -> Goal | None:
        event = self.name(node.get("event")) if node is not None else None
        if node is None or event is None:
            return None
        ends_node = node.get("ends")
        ends: str | None = "converted"
        if ends_node is not None:
            ends = None if ends_node.value is False else self.outcome(ends_node)
            if ends_node.value is not False and ends_node.text.lower() in ("no", "off", "false"):
                self.report("REF009", f"'{ends_node.text}' would be the outcome of who reaches the goal", ends_node,
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

    def flag(self, node: Node | None) -> bool:
        return node is not None and node.value is True

    def whole(self, node: Node | None) -> int | None:
        """A whole number above 0."""
        value = node.value if node is not None else None
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None

    def outcome(self, node: Node) -> str:
        if node.text in OWN_OUTCOMES:
            self.report("REF009", f"the outcome '{node.text}' is the executor's own", node, "choose another word")
        return node.text

    def target(self, node: Node | None) -> Target | None:
        """A state's name or `{end: outcome}`."""
        if node is None or node.value is None:
            return None
        if node.is_map:
            end = node.get("end")
            return Target(node.span, outcome=self.outcome(end)) if end is not None and end.text else None
        return Target(node.span, state=node.text) if node.text else None

    def transitions(self, node: Node | None) -> tuple[Transition, ...]:
        if node is None or not node.is_map:
            return ()
        found: list[Transition] = []
        for event, field in node.fields.items():
            name = Name(event, node.key(event).span)
            for form in field.items if field.is_list else (field,):
                found.append(self.transition(name, form))
        return tuple(found)

    def transition(self, event: Name, node: Node) -> Transition:
        if not node.is_map or set(node.fields) == {"end"}:
            return Transition(event, node.span, target=self.target(node))
        return Transition(
            event,
            node.span,
            where=self.expression(node.get("where")),
            of=self.name(node.get("of")),
            set=self.values(node.get("set")),
            update=self.values(node.get("update")),
            emit=self.emitted(node.get("emit")),
            collect=self.name(node.get("collect")),
            any_key=self.flag(node.get("any_key")),
            target=self.target(node.get("to")),
            send=self.answers(node),
        )

    def answers(self, node: Node) -> tuple[Send, ...]:
        """What a transition sends; it must let the journey stay where it is."""
        send, to = node.get("send"), node.get("to")
        if send is not None and to is not None:
            self.report("FLOW024", "'send' stands beside 'to', and the state that is left drops what it holds",
                        node.key("send"), "let the state that is entered send it, or leave 'to' out")  # fmt: skip
            return ()
        return self.sends(send)

    def branches(self, node: Node | None) -> tuple[Branch, ...]:
        """`{condition: target, ..., else: target}` in the order written."""
        if node is None or not node.is_map:
            return ()
        found: list[Branch] = []
        for text, field in node.fields.items():
            key = node.key(text)
            target = self.target(field)
            if text == "else" and target is not None:
                found.append(Branch(None, target))
            elif text != "else":
                condition = self.expression(key)
                if condition is not None and target is not None:
                    found.append(Branch(condition, target))
        return tuple(found)

    def choose(self, node: Node | None) -> tuple[Branch, ...]:
        found = self.branches(node)
        if node is not None and node.is_map and node.fields:
            if "else" not in node.fields:
                self.report("FLOW004", "'choose' has no 'else'", node.key(next(iter(node.fields))),
                            "say where everybody else goes: 'else: <state>'")  # fmt: skip
            elif list(node.fields)[-1] != "else":
                self.report("FLOW004", "'else' is not the last line of 'choose'", node.key("else"),
                            "move it to the end: it takes whom no condition before it took")  # fmt: skip
        return tuple(sorted(found, key=lambda branch: branch.condition is None))

    def state(self, name: str, span: Span, node: Node) -> State:
        end = node.get("end")
        return State(
            name=name,
            span=span,
            written=frozenset(node.fields) if node.is_map else frozenset(("",)),  # no mapping: told as such
            description=self.text(node.get("description")),
            set=self.values(node.get("set")),
            update=self.values(node.get("update")),
            emit=self.emitted(node.get("emit")),
            send=self.sends(node.get("send")),
            frees_key=self.flag(node.get("frees_key")),
            end=Name(self.outcome(end), end.span) if end is not None and end.text else None,
            choose=self.choose(node.get("choose")),
            split=build_split(self, node.get("split")),
            next=self.target(node.get("next")),
            on=self.transitions(node.get("on")),
            when=self.branches(node.get("when")),
            after=self.timeouts(node.get("after")),
        )

    def timeouts(self, node: Node | None) -> tuple[Timeout, ...]:
        if node is None:
            return ()
        found: list[Timeout] = []
        if "wait" in node.fields:
            return ()  # the long form without its '- ', which the schema has reported
        for text, field in node.fields.items():
            wait, target = self.wait(node.key(text)), self.target(field)
            if wait is not None and target is not None:
                found.append(Timeout(wait, target))
        for item in node.items:
            wait, target = self.long_wait(item), self.target(item.get("to"))
            if wait is not None and target is not None:
                condition = self.expression(item.get("if"))
                past, missing = (self.fallback(item.get(key)) for key in ("if_past", "if_missing"))
                if past is None and wait.since is not None:
                    past = "now"
                found.append(Timeout(wait, target, condition, past, missing))
        return tuple(found)

    def long_wait(self, item: Node) -> Wait | None:
        """`{wait}`, `{for}`, `{at}`, or `{wait, at}`: values from data stand under `for`, `at` and `since`."""
        made = self.counted(item)
        if made is None or item.get("since") is None:
            return made
        since = self.expression(item.get("since"))
        if since is None:
            return None
        if made.date is not None:
            self.report("TIME022", f"'{made.text}' is a date, which no instant moves: 'since' says nothing here",
                        item.key("since"), "leave 'since' out, or write how long after it: 'wait: 3d'")  # fmt: skip
        elif path_of(since.root) == ("now",):
            self.report("TIME022", "every wait counts from now: 'since: now' says nothing", item.key("since"),
                        "leave it out, or name an earlier instant such as journey.entered_at")  # fmt: skip
        return replace(made, text=f"{made.text} since {since.source}", since=since)

    def counted(self, item: Node) -> Wait | None:
        """The wait of the long form, from wherever it counts."""
        written, length, at = item.get("wait"), self.expression(item.get("for")), self.expression(item.get("at"))
        wait = self.wait(written) if written is not None else None
        if written is not None and wait is None:
            return None
        if wait is None and length is None and at is None:
            return None
        if wait is None:
            parts = [f"{word} {one.source}" for word, one in (("for", length), ("at", at)) if one is not None]
            return Wait(" ".join(parts), item.span, length=length, at_value=at)
        if at is None:
            return wait
        if wait.at is not None or wait.cron:
            self.report("TIME021", "this wait says its time of day twice", item, "leave one of the two out")
        return replace(wait, text=f"{wait.text} at {at.source}", at_value=at)

    def fallback(self, node: Node | None) -> Fallback | None:
        """`now`, `never`, or a target."""
        if node is None or node.text in ("now", "never"):
            return None if node is None else cast(Fallback, node.text)
        return self.target(node)

    def emitted(self, node: Node | None) -> tuple[Emitted, ...]:
        """One event, or a list of them."""
        if node is None:
            return ()
        made = ((self.name(one.get("event")), self.values(one.get("with"))) for one in node.items or (node,))
        return tuple(Emitted(event, values) for event, values in made if event is not None)

    def sends(self, node: Node | None) -> tuple[Send, ...]:
        if node is None or not node.is_map:
            return ()
        found: list[Send] = []
        for channel, field in node.fields.items():
            if channel == "first_of":
                choices = tuple(
                    message
                    for item in field.items
                    for key, form in item.fields.items()
                    if (message := self.message(Name(key, item.key(key).span), form)) is not None
                )
                if choices:
                    found.append(FirstOf(choices, node.key(channel).span))
                continue
            message = self.message(Name(channel, node.key(channel).span), field)
            if message is not None:
                found.append(message)
        return tuple(found)

    def until(self, node: Node | None) -> Value | None:
        """`{until: EXPRESSION}`, or a date that is written out."""
        until = node.get("until") if node is not None and node.is_map else None
        if until is None or not looks_dated(until.text):
            return self.expression(until)
        if read_date(until.text) is None:
            self.report("TIME020", f"'{until.text}' is no day of the calendar", until, "write year-month-day, and "
                        "a time where it has one: 2025-11-28 or 2025-11-28 18:00")  # fmt: skip
            return None
        return Literal(until.text, until.span)

    def message(self, channel: Name, node: Node) -> Message | None:
        if not node.is_map:
            template = self.name(node)
            return None if template is None else Message(channel, template, node.span, purpose=self.purpose)
        template = self.name(node.get("template"))
        if template is None:
            return None
        return Message(
            channel,
            template,
            node.span,
            values=self.values(node.get("with")),
            to=self.expression(node.get("to")),
            purpose=self.text(node.get("purpose"), self.purpose),
            condition=self.expression(node.get("if")),
            recipient=self.text(node.get("recipient"), ""),
            expires=self.duration(node.get("expires"), elapsed=True),
            until=self.until(node.get("expires")),
            tags=self.names(node.get("tags")),
            on_cap=self.text(node.get("on_cap")) or None,
            on_quiet=self.text(node.get("on_quiet")) or None,
        )
