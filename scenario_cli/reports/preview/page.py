"""Messages as one HTML page that needs no other files: each roughly as its recipient's device shows it."""

from __future__ import annotations

import re
from typing import Any

from scenario_cli.model.preview import Preview, RenderedMessage
from scenario_cli.reports.html_page import as_written, html_page
from scenario_cli.reports.masking import masked_id, masked_message
from scenario_cli.reports.preview.counts import counts
from scenario_cli.reports.preview.paper import paper_copy
from scenario_cli.reports.preview.text import head_lines

# The look of each channel; any other is shown as plain text.
_FRAMES = {"email": "mail", "push": "push", "sms": "sms", "in_app": "sheet", "fullscreen": "full"}
_SHOWN_BY_FRAME = {"mail": ("subject", "preheader", "from_name"), "push": ("title",), "sheet": ("title", "cta"),
                  "full": ("title", "cta")}  # fmt: skip


def preview_page(preview: Preview, mask: bool = False) -> str:
    """The page of a preview; `mask` hides personal data."""
    values = {
        "project": preview.project,
        "scenario": preview.scenario,
        "title": preview.title,
        "source": masked_id(preview.source) if mask else preview.source,
        "missing": preview.missing,
        "messages": [message_values(message, preview, mask) for message in preview.messages],
    }
    return html_page("scenario_cli.reports.preview", page=values)


def message_values(
    message: RenderedMessage, preview: Preview, mask: bool = False, sealed: bool = False
) -> dict[str, Any]:
    """A message as the parts of a page show it. A `sealed` one loads no pictures from anywhere."""
    lengths = counts(message, preview)
    message = masked_message(message) if mask else message
    frame = _FRAMES.get(message.channel, "plain")
    framed_fields = _SHOWN_BY_FRAME.get(frame, ())
    fields = {name: as_written(text) for name, text in message.fields.items()}
    html = message.body if frame == "mail" else _IN_AN_APP + message.body
    return {
        "state": message.state,
        "channel": message.channel,
        "template": message.template,
        "locale": message.locale,
        "head": head_lines(message),
        "dropped": message.dropped,
        "problem": message.problem,
        "counts": lengths,
        "look": frame,
        "fields": {**dict.fromkeys(_FRAMED_FIELDS, ""), **fields},
        "others": [(name, text) for name, text in fields.items() if name not in framed_fields],
        "body": as_written(message.body),
        "html": as_written(_with_head(html, (_SEAL if sealed else "") + _NOWHERE)),
        # The page of a sealed one has no policy that would keep its copy from loading pictures.
        "paper": paper_copy(message.body) if frame == "mail" and not sealed else "",
    }


_FRAMED_FIELDS = ("from_name", "subject", "preheader", "title", "cta")
_IN_AN_APP = "<style>body { margin: 0; font: 16px/1.45 system-ui, sans-serif; text-align: center }</style>"
# A frame without pop-ups does not follow links that open a window of their own.
_NOWHERE = '<base target="_blank"><style>@media print { * { print-color-adjust: exact } }</style>'
_SEAL = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


def _with_head(html: str, first: str) -> str:
    """The HTML of a message with these tags before all that it loads."""
    head = _HEAD.search(html)
    return html[: head.end()] + first + html[head.end() :] if head else first + html
