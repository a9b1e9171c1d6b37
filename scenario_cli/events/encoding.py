"""Recognises UTF-16 by the first bytes of a file. Reads no files."""

from __future__ import annotations

import codecs

_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE_BYTES = 4_096


def utf16(head: bytes) -> str | None:
    """The codec of a text in UTF-16, with or without byte order mark; None if it is not UTF-16.

    Without a mark every other byte of Western text is zero. Other binary files have zeros on both sides.
    """
    if head.startswith(_BYTE_ORDER_MARKS):
        return "utf-16"
    start = head[:_SAMPLE_BYTES]
    even, odd = start[0::2], start[1::2]
    if odd and odd.count(0) * 2 > len(odd) and not even.count(0):
        return "utf-16-le"
    if even and even.count(0) * 2 > len(even) and not odd.count(0):
        return "utf-16-be"
    return None
