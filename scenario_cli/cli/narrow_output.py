"""Output in an encoding that lacks some characters: ASCII, or a code page of Windows.

Lines of a drawing become signs of ASCII, so that it keeps its shape. Every other character becomes an escape as JSON
writes it. In JSON all of them do, so that it stays what it is.
"""

from __future__ import annotations

import codecs
import io
from typing import TextIO

_SIGNS = {
    **dict.fromkeys("─━═╌╴╶┄", "-"),
    **dict.fromkeys("│┃║╎╵╷┆", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╞╡╪┏┓┗┛", "+"),
    **dict.fromkeys("▁▂▃▄▅▆▇█▉▊▋▌▍▎▏░▒▓", "#"),
    **dict.fromkeys("●○◉•", "o"),
    "▼": "v",
    "▲": "^",
    "▶": ">",
    "►": ">",
    "◀": "<",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
    "↳": ">",
    "↺": "~",
    "■": "#",
    "✓": "+",
    "✗": "x",
    "×": "x",
    "·": ".",
    "…": ".",
    "–": "-",
    "—": "-",
    "−": "-",
    "\u00a0": " ",
    "\u202f": " ",
}


def _signs(error: UnicodeError) -> tuple[str, int]:
    """The replacement for what cannot be encoded, and the place behind it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_sign, error.object[error.start : error.end])), error.end


def _sign(character: str) -> str:
    return _SIGNS.get(character) or _escape(character)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def escaped(text: str, encoding: str) -> str:
    """A text of JSON, whose characters that an encoding lacks are escapes."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(character if character.isascii() else _escape(character) for character in text)
    return text


def take_all_characters(stream: TextIO) -> None:
    """Lets a stream whose encoding lacks characters take every text."""
    codecs.register_error("scenario_signs", _signs)
    if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
        stream.reconfigure(errors="scenario_signs")
