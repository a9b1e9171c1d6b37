"""The changes of delivery.yaml: the server, address or file through which the messages of each channel leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenario_cli.analysis.changes.pairing import fields_changed
from scenario_cli.analysis.changes.renames import Renames
from scenario_cli.analysis.changes.words import change, code, was, words
from scenario_cli.analysis.labels import length_words
from scenario_cli.model.changes import Change
from scenario_cli.model.delivery import ChannelDelivery, Delivery, FileDrop, FromEnvironment, Smtp, Webhook, rate_of

# The fields of delivery.yaml by those of the model, where the names differ.
_KEYS = {"sender": "from", "spacing": "rate"}


def delivery_changes(old: Delivery | None, new: Delivery | None, renames: Renames) -> Iterator[Change]:
    """The changes of each channel's delivery, in the order of the file."""
    before = old.channels if old is not None else {}
    after = new.channels if new is not None else {}
    for name in dict.fromkeys((*after, *before)):
        where = ("delivery", name)
        if name not in before:
            target = _target(after[name].by)
            yield change(where, f"Messages of the channel {code(name)} go to {target}", "", target, "added")
        elif name not in after:
            target = _target(before[name].by)
            text = f"Messages of the channel {code(name)} are not delivered any more (went to {target})"
            yield change(where, text, target, "", "removed")
        else:
            yield from _channel(name, before[name], after[name], renames)


def _channel(name: str, old: ChannelDelivery, new: ChannelDelivery, renames: Renames) -> Iterator[Change]:
    for field in fields_changed(old, new, renames):
        if field != "by":
            yield _field(name, field, old, new)
        elif type(old.by) is type(new.by) and _target(old.by) == _target(new.by):
            for inner in fields_changed(old.by, new.by, renames):
                yield _field(name, inner, old.by, new.by)
        else:
            texts = _target(old.by), _target(new.by)
            text = f"Messages of the channel {code(name)} go to {was(texts[1], texts[0])}"
            yield change(("delivery", name, field), text, *texts)


def _field(channel: str, field: str, old: Any, new: Any) -> Change:
    key = _KEYS.get(field, field)
    texts = _words(field, getattr(old, field)), _words(field, getattr(new, field))
    text = f"In the delivery by {code(channel)}, {code(key)} is {was(texts[1], texts[0])}"
    return change(("delivery", channel, key), text, *texts)


def _target(by: Smtp | Webhook | FileDrop) -> str:
    match by:
        case Smtp():
            return f"the mail server {code(f'{by.host}:{by.usual_port}')}"
        case Webhook():
            return f"the address {code(by.url)}"
        case FileDrop():
            return f"the file {code(by.path)}"


def _words(field: str, value: Any) -> str:
    if field == "spacing":
        return code(rate_of(value)) if value else "no limit"
    if field == "timeout":
        return length_words(value)
    if isinstance(value, FromEnvironment):
        return f"the variable {code(value.name)}"
    if isinstance(value, Mapping):
        return ", ".join(f"{code(key)}: {_words(field, part)}" for key, part in value.items()) or "none"
    return words(value)
