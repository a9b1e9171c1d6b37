"""A delivery as text: a line for each channel, then the messages that did not go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario_cli.model.handing import ChannelResult, DeliveryResult, Fate
from scenario_cli.reports.text import Style, lines_text, pad, plural

_WORDS: Mapping[str, Mapping[Fate, str]] = {
    "delivery": {
        "handed": "handed over",
        "failed": "failed",
        "stale": "stale",
        "skipped": "uncertain and not sent again",
        "left": "still waiting",
    },
    "dry": {"handed": "would be sent", "stale": "would be stale", "left": "would wait"},
    "rehearsal": {"handed": "sent", "failed": "failed", "left": "not sent"},
}
_COLORS: Mapping[Fate, str] = {"failed": "red", "stale": "yellow", "skipped": "yellow", "left": "yellow"}


def delivery_text(result: DeliveryResult, color: bool) -> str:
    """The whole report."""
    style = Style(color)
    if not result.channels and not result.unreachable:
        return "no channel to deliver\n"
    width = max((len(channel.name) for channel in result.channels), default=0)
    lines = [line for channel in result.channels for line in _channel(channel, result.kind, width, style)]
    for name, count in result.unreachable.items():
        lines.append(
            style(f"{pad(name, width)}  {plural(count, 'message')} waiting: delivery.yaml has no '{name}'", "yellow")
        )
    troubles = [trouble for trouble in _troubles(result) if result.kind != "dry"]
    if troubles:
        lines += ["", *troubles]
    return lines_text(lines)


def _channel(channel: ChannelResult, kind: str, width: int, style: Style) -> Iterator[str]:
    counts = [
        style(f"{channel.fates[fate]:,} {words}", *([_COLORS[fate]] if fate in _COLORS else []))
        for fate, words in _WORDS[kind].items()
        if channel.fates[fate]
    ]
    if channel.again:
        counts.append(f"{channel.again:,} uncertain from an earlier delivery")
    yield f"{pad(channel.name, width)}  {', '.join(counts) or 'nothing waiting'}"
    indent = " " * (width + 2)
    if channel.reason:
        yield indent + style(f"stopped: {channel.reason}", "red")
    if channel.postponed:
        yield indent + style(f"tried, to be tried again: {channel.postponed}", "yellow")
    yield from (f"{indent}{file}" for file in channel.files)


def _troubles(result: DeliveryResult) -> Iterator[str]:
    for channel in result.channels:
        for trouble in channel.troubles:
            address = f" to {trouble.address}" if trouble.address else ""
            yield f"{trouble.fate}: {channel.name}{address}, message {trouble.message_id}: {trouble.answer}"
        counted = sum(channel.fates[fate] for fate in ("failed", "stale", "skipped"))
        if counted > len(channel.troubles):
            yield f"and {counted - len(channel.troubles):,} more on {channel.name}"
