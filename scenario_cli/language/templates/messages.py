"""The texts of each message that a scenario can send, with their pieces and places. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.rules.support.subject import Subject
from scenario_cli.language.templates.contents import Contents
from scenario_cli.model.expression import Attr, Expr, Item
from scenario_cli.model.project import Template
from scenario_cli.model.scenario import Message, Scenario, State, requested_by
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class MessageText:
    """One text of a message: its body (`field` empty) or a field of its front matter."""

    state: State | None  # None if a transition of every state asks for it
    message: Message
    template: Template
    field: str
    contents: Contents
    scenario: Scenario

    @property
    def span(self) -> Span:
        """The place of the text."""
        if self.field:
            return self.template.fields[self.field].span
        first = self.template.body.lstrip()
        line = self.template.body_line + self.template.body[: len(self.template.body) - len(first)].count("\n")
        end = len(first.partition("\n")[0]) + 1
        return Span(self.template.file, line, 1, line, max(end, 2))

    @property
    def sent_at(self) -> tuple[str, Span]:
        """The state or scenario that sends the message, to cite with a finding."""
        return requested_by(self.state, self.scenario), self.message.span

    def span_of(self, node: Expr) -> Span:
        """The span of a value that a template's expression names, from its first word on."""
        root = node
        while isinstance(root, Attr | Item):
            root = root.base
        start, end = root.span, node.span
        if start.line != end.line:
            return end
        return Span(start.file, start.line, start.column, end.line, end.end_column)


def printed(subject: Subject) -> Iterator[MessageText]:
    """Every text of every message that a journey can ask for."""
    overview = subject.overview
    for state, message in subject.messages:
        for template in overview.templates.get((message.template.text, message.channel.text), ()):
            for field, pieces in overview.contents(template).items():
                yield MessageText(state, message, template, field, pieces, subject.scenario)
