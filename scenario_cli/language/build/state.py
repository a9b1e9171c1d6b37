"""A state and the transitions that events cause, to the model. Resolves no names."""

from __future__ import annotations

from scenario_cli.language.build.exits import ExitBuilder
from scenario_cli.language.build.messages import MessageBuilder
from scenario_cli.language.build.split import build_split
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.scenario import Emitted, Send, State, Transition
from scenario_cli.model.source import Name, Span


class StateBuilder(ExitBuilder, MessageBuilder):
    def state(self, name: str, span: Span, node: Node) -> State:
        end = node.get("end")
        return State(
            name=name,
            span=span,
            written=frozenset(node.fields) if node.is_map else frozenset(("",)),  # no mapping: reported as such
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

    def transitions(self, node: Node | None) -> tuple[Transition, ...]:
        if node is None or not node.is_map:
            return ()
        transitions: list[Transition] = []
        for event, field in node.fields.items():
            name = Name(event, node.key(event).span)
            for form in field.items if field.is_list else (field,):
                transitions.append(self.transition(name, form))
        return tuple(transitions)

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
        """The messages of a transition; the transition must let the journey stay where it is."""
        send, to = node.get("send"), node.get("to")
        if send is not None and to is not None:
            self.report("FLOW024", "'send' and 'to' cannot be combined: leaving the state drops its held messages",
                        node.key("send"), "send it in the target state, or remove 'to'")  # fmt: skip
            return ()
        return self.sends(send)

    def emitted(self, node: Node | None) -> tuple[Emitted, ...]:
        """One event, or a list of them."""
        if node is None:
            return ()
        pairs = ((self.name(entry.get("event")), self.values(entry.get("with"))) for entry in node.items or (node,))
        return tuple(Emitted(event, values) for event, values in pairs if event is not None)
