"""Addresses in data: trimmed, with faulty values separated from addresses. Looks up no address."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from scenario_cli.engine.values import shown

PHONE_CHANNELS = ("sms", "call", "whatsapp")

_MAIL = re.compile(r"[^\s@<>(),;:\"\x00-\x1f\x7f]+@[^\s@<>(),;:\"\x00-\x1f\x7f]*[^\s@<>(),;:\".\x00-\x1f\x7f]")
_PHONE = re.compile(r"\+?[0-9]{3,20}")
_BETWEEN_DIGITS = re.compile(r"[ ().\-/\u00a0]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_WORDS_FOR_NOTHING = frozenset({"none", "null", "nil", "n/a", "na", "#n/a", "nan", "undefined", "unknown", "false"})


def address_of(channel: str, value: Any) -> tuple[Any, str]:
    """The address on a channel (None if there is none), and the fault of a value that is not an address."""
    if value is None or value is False or value == "":
        return None, ""
    text = str(value).strip() if isinstance(value, str) or not isinstance(value, bool | list | dict) else ""
    fault = _fault(channel, text)
    if fault:
        return None, f"{shown(value)} is {fault}"
    return (text if isinstance(value, str) else value), ""


@lru_cache(maxsize=1_024)
def _fault(channel: str, text: str) -> str:
    """The fault of a text as an address; empty if it is an address. A contact's messages all ask for the same few."""
    if channel == "email":
        is_valid, kind = _MAIL.fullmatch(text) is not None, "no e-mail address"
    elif channel in PHONE_CHANNELS:
        is_valid, kind = _PHONE.fullmatch(_BETWEEN_DIGITS.sub("", text)) is not None, "no telephone number"
    else:
        is_valid, kind = any(map(str.isalnum, text)) and text.lower() not in _WORDS_FOR_NOTHING, "no address"
    return "" if is_valid and _CONTROL.search(text) is None else kind
