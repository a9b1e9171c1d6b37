"""The changes of the messages that a scenario sends in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scenario_cli.analysis.changes.comparison import Place
from scenario_cli.analysis.changes.pairing import fields_changed, paired
from scenario_cli.analysis.changes.words import change, code, listed, valued, was, words
from scenario_cli.model.changes import Change
from scenario_cli.model.scenario import FirstOf, Message, Send


def message_words(message: Message) -> str:
    """`the email `cart/reminder``."""
    return f"{message.channel.text} {code(message.template.text)}"


def send_words(send: Send) -> str:
    if isinstance(send, FirstOf):
        return f"the first that can reach them of {listed(map(message_words, send.messages), 'or')}"
    return message_words(send)


def sending_changes(old: Sequence[Send], new: Sequence[Send], place: Place) -> Iterator[Change]:
    """The changes of the messages that are requested in one place, such as on entering a state."""
    pairs = paired(
        old, new, place.renames,
        lambda meaning: (meaning.get("kind"), meaning.get("channel"), meaning.get("template")),
        lambda meaning: (meaning.get("kind"), meaning.get("channel")),
        lambda meaning: meaning.get("template", "?"),
    )  # fmt: skip
    for send in pairs.removed:
        before = send_words(send)
        yield change(place.path, f"{place.words}no longer sends {before}", before, "", "removed")
    for send in pairs.added:
        after = send_words(send)
        yield change(place.path, f"{place.words}also sends {after}" if old else f"{place.words}sends {after}", "",
                     after, "added")  # fmt: skip
    for before_send, after_send in pairs.changed:
        if isinstance(before_send, FirstOf) and isinstance(after_send, FirstOf):
            yield from _first_of(before_send, after_send, place)
        elif isinstance(before_send, Message) and isinstance(after_send, Message):
            yield from message_changes(before_send, after_send, place)
        else:
            before, after = send_words(before_send), send_words(after_send)
            yield place.says(f"sends {was(after, before)}", before, after)
    if pairs.reordered and not (pairs.added or pairs.removed):
        before, after = (listed(map(send_words, side)) for side in (old, new))
        yield place.says(f"sends in a different order: {was(after, before)}", before, after)


def _first_of(old: FirstOf, new: FirstOf, place: Place) -> Iterator[Change]:
    before, after = (tuple(map(message_words, side.messages)) for side in (old, new))
    if before != after:
        yield place.says(
            f"tries {was(listed(after, 'then'), listed(before, 'then'))}",
            listed(before, "then"), listed(after, "then"),
        )  # fmt: skip
    pairs = paired(old.messages, new.messages, place.renames, lambda meaning: meaning.get("channel"))
    for before_message, after_message in pairs.changed:
        changed = fields_changed(before_message, after_message, place.renames)
        if set(changed) - {"channel", "template"}:
            yield from message_changes(before_message, after_message, place, besides=("channel", "template"))


_ON_HOLD = {"drop": "is dropped", "delay": "is held back", None: "follows the policy"}


def message_changes(old: Message, new: Message, place: Place, besides: Sequence[str] = ()) -> Iterator[Change]:
    """The changes of one message."""
    changed = [name for name in fields_changed(old, new, place.renames) if name not in besides]
    if "channel" in changed or "template" in changed:
        before, after = message_words(old), message_words(new)
        yield place.below("template").says(f"sends {was(after, before)}", before, after)
    within = place.below(new.channel.text, words=f"{place.words}{message_words(new)} ")
    for name in changed:
        if name not in ("channel", "template"):
            yield from _field(name, old, new, within.below(name))


def _field(name: str, old: Message, new: Message, place: Place) -> Iterator[Change]:
    before, after = getattr(old, name, None), getattr(new, name, None)
    if place.indirect(before, after):
        return
    match name:
        case "condition":
            yield from place.condition(old.condition, new.condition, "leaves")
        case "values":
            yield from mapping_changes(old.values, new.values, place, "gets", "no longer gets")
        case "tags":
            yield place.says(f"has the tags {was(words(after), words(before))}", words(before), words(after))
        case "on_cap" | "on_quiet":
            hold = {"on_cap": "over a cap", "on_quiet": "in quiet hours"}[name]
            texts = _ON_HOLD.get(before, words(before)), _ON_HOLD.get(after, words(after))
            yield place.says(f"{was(texts[1], texts[0])} {hold}", *texts)
        case _ if name in _SENTENCES:
            texts = words(before), words(after)
            yield place.says(f"{_SENTENCES[name]} {was(texts[1], texts[0])}", *texts)
        case _:
            yield valued(place.path, f"{place.words}{code(name)}", before, after)


_SENTENCES: Mapping[str, str] = {
    "to": "goes to the address",
    "purpose": "has the purpose",
    "recipient": "is for",
    "expires": "can be held for at most",
    "until": "is not sent after",
}


def mapping_changes(
    old: Sequence[tuple[Any, Any]], new: Sequence[tuple[Any, Any]], place: Place, gets: str, loses: str
) -> Iterator[Change]:
    """The changes of names with values: `with` of a message, `set` and `update` of a state."""
    before, after = ({str(name): value for name, value in side} for side in (old, new))
    for name in {**before, **after}:
        within = place.below(name)
        texts = words(before.get(name)), words(after.get(name))
        if name not in after:
            yield change(within.path, f"{place.words}{loses} {code(name)}", texts[0], "", "removed")
        elif name not in before:
            yield change(within.path, f"{place.words}{gets} {code(name)}: {texts[1]}", "", texts[1], "added")
        elif not place.renames.same(before[name], after[name]) and not place.indirect(before[name], after[name]):
            yield within.says(f"{gets} {code(name)}: {was(texts[1], texts[0])}", *texts)
