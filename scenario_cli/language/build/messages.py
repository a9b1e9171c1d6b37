"""Builds the messages of a state or transition from its nodes. Resolves no names."""

from __future__ import annotations

from scenario_cli.language.build.values import Builder
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.dates import looks_dated, read_date
from scenario_cli.model.expression import Literal, Value
from scenario_cli.model.scenario import FirstOf, Message, Send
from scenario_cli.model.source import Name


class MessageBuilder(Builder):
    purpose = "marketing"  # of a message without a purpose

    def sends(self, node: Node | None) -> tuple[Send, ...]:
        if node is None or not node.is_map:
            return ()
        sends: list[Send] = []
        for channel, field in node.fields.items():
            if channel == "first_of":
                choices = tuple(
                    message
                    for item in field.items
                    for key, form in item.fields.items()
                    if (message := self.message(Name(key, item.key(key).span), form)) is not None
                )
                if choices:
                    sends.append(FirstOf(choices, node.key(channel).span))
                continue
            message = self.message(Name(channel, node.key(channel).span), field)
            if message is not None:
                sends.append(message)
        return tuple(sends)

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

    def until(self, node: Node | None) -> Value | None:
        """`{until: EXPRESSION}`, or a date that is written out."""
        until = node.get("until") if node is not None and node.is_map else None
        if until is None or not looks_dated(until.text):
            return self.expression(until)
        if read_date(until.text) is None:
            self.report("TIME020", f"'{until.text}' is not a valid date", until, (
                "write year-month-day, with or without a "
                "time: 2025-11-28 or 2025-11-28 18:00"
            ))  # fmt: skip
            return None
        return Literal(until.text, until.span)
