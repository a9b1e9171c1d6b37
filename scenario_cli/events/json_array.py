"""The values before the break in a JSON file that breaks off, as JSON lines. Sound files never come here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from scenario_cli.events.lines import Line

# One element of more than this is taken for a break.
_MOST_CHARACTERS = 16_000_000


def copy_elements(lines: Iterable[Line], target: Path, *, in_array: bool) -> tuple[int, str] | None:
    """Writes the values up to the first break; returns the break's line and text, None if there is none."""
    decoder = json.JSONDecoder()
    source = iter(lines)
    text, start_line, opened, closed = "", 1, not in_array, False
    with target.open("w", encoding="utf-8", newline="\n") as copy:
        while True:
            remainder = text.lstrip(" \t\n," if opened else " \t\n")
            start_line += text[: len(text) - len(remainder)].count("\n")
            text = remainder
            if not opened and text.startswith("["):
                text, opened = text[1:], True
                continue
            if in_array and opened and text.startswith("]"):
                text, closed = text[1:].lstrip(), True
            if closed:
                return (start_line, text) if text else None
            end = _end_of_element(decoder, text)
            if end is not None:
                copy.write(text[:end].replace("\n", " ") + "\n")
                start_line += text[:end].count("\n")
                text = text[end:]
                continue
            following = next(source, None)
            if following is None and not in_array and not text.strip():
                return None
            if following is None or len(text) > _MOST_CHARACTERS:
                return start_line, text or "(the closing bracket is missing)"
            text = f"{text}{following.text}\n"


def _end_of_element(decoder: json.JSONDecoder, text: str) -> int | None:
    try:
        _, end = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    # A number at the very end of the text read so far can continue.
    return end if end < len(text) else None
