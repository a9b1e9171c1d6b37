"""Counts an SMS: its alphabet, the units that it takes, and the segments that are paid for.

After 3GPP TS 23.038 (alphabets) and 23.040 (several segments): 160 units of the GSM 7-bit alphabet, or 70 of UCS-2 if a
single character is not in it; in a text of several segments, each segment uses seven (three) units for its number.
"""

from __future__ import annotations

from collections.abc import Iterable

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # each takes an additional escape: two units

GSM_7, UCS_2 = "GSM-7", "UCS-2"
_ALONE = {GSM_7: 160, UCS_2: 70}
_OF_SEVERAL = {GSM_7: 153, UCS_2: 67}


def encoding(text: str) -> str:
    """`GSM-7`, or `UCS-2` if a character is not in that alphabet."""
    return UCS_2 if outside_gsm(text) else GSM_7


def outside_gsm(text: str) -> list[str]:
    """The characters for which a text needs UCS-2, each once, in the order in which they occur."""
    return list(dict.fromkeys(char for char in text if char not in _BASIC and char not in _EXTENDED))


def units(text: str) -> int:
    """The units of its alphabet that a text takes: septets, or 16-bit code units."""
    return sum(_sizes(text))


def room(text: str) -> int:
    """The units that the segments of a text hold together."""
    kind, number = encoding(text), segments(text)
    return _ALONE[kind] if number == 1 else number * _OF_SEVERAL[kind]


def segments(text: str) -> int:
    """The segments in which a text is sent; an empty text is sent too."""
    kind = encoding(text)
    sizes = list(_sizes(text))
    if sum(sizes) <= _ALONE[kind]:
        return 1
    number, filled = 1, 0
    for size in sizes:  # no character is torn in two
        if filled + size > _OF_SEVERAL[kind]:
            number, filled = number + 1, 0
        filled += size
    return number


def septets(text: str) -> int:
    """The units that a text takes of GSM-7 piece by piece: a character that is not in it counts as one."""
    return len(text) + sum(char in _EXTENDED for char in text)


def segments_of(number: int, kind: str) -> int:
    """The segments for so many units, if no character must be kept together."""
    return 1 if number <= _ALONE[kind] else -(-number // _OF_SEVERAL[kind])


def _sizes(text: str) -> Iterable[int]:
    if encoding(text) == GSM_7:
        return [2 if char in _EXTENDED else 1 for char in text]
    return [2 if ord(char) > 0xFFFF else 1 for char in text]
