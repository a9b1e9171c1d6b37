"""The key `messages` of project.yaml to the model. Resolves no names."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.build.values import Builder
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.message_events import KINDS, SAYS, MessageEvent, MessageEvents
from scenario_cli.model.source import Name


def build_message_events(node: Node | None, builder: Builder) -> MessageEvents | None:
    """The events that report on messages; None if there are none."""
    if node is None or not node.is_map:
        return None
    by_kind = {kind: tuple(_events(node.get(kind), builder)) for kind in KINDS}
    if not any(by_kind.values()):
        return None
    names = node.get("names")
    pairs = names.fields.items() if names is not None and names.is_map else ()
    meant = ((Name(called, names.key(called).span), builder.name(value)) for called, value in pairs if names)
    return MessageEvents(**by_kind, names=tuple((called, name) for called, name in meant if name is not None))


def _events(node: Node | None, builder: Builder) -> Iterator[MessageEvent]:
    if node is None:
        return
    for item in node.items if node.is_list else (node,):
        event = builder.name(item.get("event") if item.is_map else item)
        if event is None:
            continue
        says = {key: builder.name(item.get(key)) for key in SAYS} if item.is_map else {}
        only = item.get("only") if item.is_map else None
        pairs = only.fields.items() if only is not None and only.is_map else ()
        yield MessageEvent(
            event,
            item.span,
            {key: name for key, name in says.items() if name is not None},
            tuple((Name(key, only.key(key).span), plain(value)) for key, value in pairs if only),
        )
