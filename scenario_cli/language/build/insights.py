"""The key `insights` of project.yaml to the model. Resolves no names."""

from __future__ import annotations

from scenario_cli.language.build.values import Builder
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.insights import (
    FEWEST,
    SUPPORT,
    EventProperty,
    InsightSettings,
    Purchase,
    RfmNames,
    Spend,
    SubscriptionEvents,
    Survey,
)
from scenario_cli.model.source import Name


def build_insights(node: Node | None, builder: Builder) -> InsightSettings | None:
    """The settings; None if there are none, or if the purchase is missing, which the schema reports."""
    purchase = _purchase(_part(node, "purchase"), builder)
    if node is None or purchase is None:
        return None
    return InsightSettings(
        purchase,
        first_touch=_event_property(_part(node, "first_touch"), "source", builder),
        unsubscribe=_event_property(_part(node, "unsubscribe"), "channel", builder),
        rfm=_rfm(_part(node, "rfm"), builder),
        subscriptions=_subscriptions(_part(node, "subscriptions"), builder),
        nps=_survey(_part(node, "nps"), builder),
        spend=_spend(_part(node, "spend"), builder),
        minimum=_whole_number(node.get("minimum"), FEWEST),
        support=_whole_number(node.get("support"), SUPPORT),
    )


def _part(node: Node | None, key: str) -> Node | None:
    part = node.get(key) if node is not None and node.is_map else None
    return part if part is not None and part.is_map else None


def _purchase(node: Node | None, builder: Builder) -> Purchase | None:
    if node is None:
        return None
    event, amount = builder.name(node.get("event")), builder.name(node.get("amount"))
    if event is None or amount is None:
        return None
    keys = ("currency", "channel", "items", "product", "label", "category", "price", "quantity")
    return Purchase(event, amount, **{key: builder.name(node.get(key)) for key in keys})


def _event_property(node: Node | None, key: str, builder: Builder) -> EventProperty | None:
    event, event_name = _names(node, ("event", key), builder)
    return EventProperty(event, event_name) if event is not None and event_name is not None else None


def _rfm(node: Node | None, builder: Builder) -> RfmNames:
    if node is None:
        return RfmNames()
    recency, frequency, monetary = _names(node, ("recency", "frequency", "monetary"), builder)
    return RfmNames(recency, frequency, monetary, builder.written_names(node.get("segments")))


def _subscriptions(node: Node | None, builder: Builder) -> SubscriptionEvents | None:
    started, cancelled, key, renewed, ends = _names(node, ("started", "cancelled", "key", "renewed", "ends"), builder)
    if started is None or cancelled is None or key is None:
        return None
    return SubscriptionEvents(started, cancelled, key, renewed, ends)


def _survey(node: Node | None, builder: Builder) -> Survey | None:
    event, score = _names(node, ("event", "score"), builder)
    if node is None or event is None or score is None:
        return None
    only = node.get("only")
    pairs = only.fields.items() if only is not None and only.is_map else ()
    return Survey(event, score, tuple((Name(key, only.key(key).span), plain(value)) for key, value in pairs if only))


def _spend(node: Node | None, builder: Builder) -> Spend | None:
    table, month, source, amount = _names(node, ("table", "month", "source", "amount"), builder)
    if table is None or month is None or source is None or amount is None:
        return None
    return Spend(table, month, source, amount)


def _names(node: Node | None, keys: tuple[str, ...], builder: Builder) -> tuple[Name | None, ...]:
    return tuple(builder.name(node.get(key)) if node is not None else None for key in keys)


def _whole_number(node: Node | None, default: int) -> int:
    return node.value if node is not None and isinstance(node.value, int) else default
