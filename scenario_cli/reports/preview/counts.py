"""The lengths of a message's texts, with its channel's limits and the segments that an operator charges for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scenario_cli.model import sms
from scenario_cli.model.preview import Preview, RenderedMessage
from scenario_cli.reports.text import plural

CLIPPED_BYTES = 102_400  # beyond this a widespread mail reader hides the rest of a mail


@dataclass(frozen=True, slots=True)
class Count:
    """A length in words, and whether it is too long."""

    words: str
    over: bool = False


def counts(message: RenderedMessage, preview: Preview) -> list[Count]:
    limits = preview.limits.get(message.channel, {})
    lengths = [
        _characters(name, text, limits.get("title_max") if name == "title" else None)
        for name, text in message.fields.items()
        if name in ("subject", "preheader", "title")
    ]
    if message.channel == "email":
        size = len(message.body.encode())
        return [*lengths, Count(f"{size / 1024:.1f} kB", size > CLIPPED_BYTES)]
    lengths.append(_characters("text", message.body, limits.get("max_length")))
    return [*lengths, *_segments(message)] if message.channel == "sms" else lengths


def _characters(name: str, text: str, limit: int | None) -> Count:
    if limit is None:
        return Count(f"{name} {plural(len(text), 'character')}")
    excess = len(text) - limit
    return Count(
        f"{name} {len(text):,} of {limit:,} characters" + (f", {excess:,} too many" if excess > 0 else ""), excess > 0
    )


def _segments(message: RenderedMessage) -> Iterator[Count]:
    text = message.body
    number = sms.segments(text)
    label = f"{plural(number, 'segment')} ({sms.encoding(text)}, {sms.units(text):,} of {sms.room(text):,} units)"
    outside = sms.outside_gsm(text)
    if outside:
        listed = " ".join(outside[:5]) + (f" and {len(outside) - 5} more" if len(outside) > 5 else "")
        label += f", because {listed} {'is' if len(outside) == 1 else 'are'} not in GSM-7"
    yield Count(label)
