"""Messages in a terminal: each under its state and channel, about as its reader sees it."""

from __future__ import annotations

import textwrap

from scenario_cli.model.plain_text import printable
from scenario_cli.model.preview import Preview, RenderedMessage
from scenario_cli.reports.html_text import html_text
from scenario_cli.reports.masking import masked_id, masked_message
from scenario_cli.reports.preview.counts import counts
from scenario_cli.reports.text import Style, lines_text, pad

_WIDEST = 96
_PHONE = 44  # columns on the screen of a phone
_IS_HTML = ("email", "in_app", "fullscreen")


def preview_text(preview: Preview, color: bool, width: int, mask: bool = False) -> str:
    """The text of a preview; `mask` hides personal data."""
    style = Style(color)
    width = min(width, _WIDEST)
    title = f"  {preview.title}" if preview.title else ""
    lines = [
        style(preview.scenario, "bold") + style(title, "dim"),
        style(masked_id(preview.source) if mask else preview.source, "dim"),
    ]
    for message in preview.messages:
        lines += ["", *_message(message, preview, style, width, mask)]
    if preview.missing:
        lines += ["", *_wrapped(f"not sent: {', '.join(preview.missing)}", width)]
    return lines_text(lines)


def _message(message: RenderedMessage, preview: Preview, style: Style, width: int, mask: bool) -> list[str]:
    lengths = counts(message, preview)
    message = masked_message(message) if mask else message
    head = f"{message.state}  {message.channel} {message.template}"
    head += f"  {message.locale}" if message.locale else ""
    rule = "─" * max(width - len(head) - 4, 3)
    lines = [f"{style('──', 'dim')} {style(head, 'bold')} {style(rule, 'dim')}"]
    for heading in head_lines(message):
        lines += [style(line, "dim") for line in _wrapped(printable(heading), width)]
    if message.dropped:
        lines.append(style(f"would be dropped: {message.dropped}", "yellow"))
    if message.problem:
        return [*lines, style(f"cannot be rendered: {printable(message.problem)}", "red")]
    fine = " · ".join(count.words for count in lengths if not count.over)
    too_long = " · ".join(count.words for count in lengths if count.over)
    lines += ["", *_frame(message, style, width), ""]
    lines += [style(line, "red") for line in _wrapped(too_long, width) if too_long]
    return [*lines, *(style(line, "dim") for line in _wrapped(fine, width) if fine)]


def head_lines(message: RenderedMessage) -> list[str]:
    """The recipient, the time and the conditions."""
    recipient = f"to {message.address}, " if message.address else ""
    lines = [f"{recipient}{message.sent_at}, {message.purpose}"]
    return [*lines, message.note] if message.note else lines


def _frame(message: RenderedMessage, style: Style, width: int) -> list[str]:
    if message.channel == "email":
        fields = [f"{style(f'{name}:', 'dim')} {printable(text)}" for name, text in message.fields.items()]
        return [*fields, "", *_body(message, width)]
    title = message.fields.get("title", "")
    inside = [*(style(pad(line, _PHONE), "bold") for line in _wrapped(printable(title), _PHONE) if title)]
    inside += [pad(line, _PHONE) for line in _body(message, _PHONE)]
    fields_below = [f"{name}: {printable(text)}" for name, text in message.fields.items() if name != "title"]
    inside += [style(pad(line, _PHONE), "cyan") for field in fields_below for line in _wrapped(field, _PHONE)]
    frame = "─" * (_PHONE + 2)
    return [f"╭{frame}╮", *(f"│ {line} │" for line in inside), f"╰{frame}╯"]


def _body(message: RenderedMessage, width: int) -> list[str]:
    paragraphs = html_text(message.body) if message.channel in _IS_HTML else message.body.splitlines()
    return [line for paragraph in paragraphs for line in _wrapped(printable(paragraph), width)]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]
