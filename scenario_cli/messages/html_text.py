"""Decides whether the text of a message is HTML. Reads no more of it."""

from __future__ import annotations

import re

from scenario_cli.model.project import HTML_CHANNELS

_TAG = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9]*|!doctype)\b[^>]*>", re.IGNORECASE)
_PAGE = re.compile(r"\s*(?:<!doctype\s+html|<html)\b", re.IGNORECASE)


def is_html(body: str, channel: str) -> bool:
    """Whether readers get a body as HTML: templates of channels that show HTML have their values escaped, so a body
    without a tag is still a text.
    """
    return bool(_PAGE.match(body) or (channel in HTML_CHANNELS and _TAG.search(body)))
