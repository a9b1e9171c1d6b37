"""Recognises the kind of a file by its first bytes, where its name says another. Reads no files."""

from __future__ import annotations

import codecs
import json
import re
from typing import Literal

from scenario_cli.events.encoding import utf16

_SAMPLE_BYTES = 1 << 14
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")
_FEW = 20  # an exporter's slip leaves a control character or two in a text; binary files are full of them
_KINDS_OF_FEW = 5  # a control character can be the separator of columns
_SEPARATORS = ",;\t|"


def is_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are not text in any encoding that is read."""
    start = head[:4096]
    if utf16(head) is not None:
        return False
    controls = _CONTROLS.findall(start)
    full_of_them = len(controls) * _FEW > len(start)
    return start.count(0) * _FEW > len(start) or (full_of_them and len(set(controls)) > _KINDS_OF_FEW)


def content_despite_name(stated: Literal["delimited", "json"] | None, head: bytes) -> tuple[str, str] | None:
    """The real format of a text and the remedy, if it is not the stated one; None if it is, or if that is uncertain."""
    lines = [line for line in _start_of(head).splitlines() if line.strip()]
    if not lines:
        return None
    first = lines[0].strip()
    if re.match(r"<(!doctype html|html)\b", first, re.IGNORECASE):
        return "a web page", "open it in a browser: it can be a login page or an error; then download the export again"
    if first.startswith("<?xml"):
        return "XML", "export it as CSV or JSON lines"
    if stated == "delimited" and _is_json(lines):
        return "JSON", "give it the ending .json or .jsonl"
    if stated == "json" and _is_delimited(lines):
        return "CSV", "give it the ending .csv"
    return None


def _start_of(head: bytes) -> str:
    start = head[:_SAMPLE_BYTES]
    if codec := utf16(head):
        return codecs.getincrementaldecoder(codec)("replace").decode(start)
    return start.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")


def _is_json(lines: list[str]) -> bool:
    """Whether the lines are objects of JSON, one a line or spread over lines, or a list of them."""
    if not re.match(r'(\[\s*)?\{\s*"', "\n".join(lines[:3]).lstrip()):
        return False
    try:
        json.loads(lines[0].removesuffix(","))
    except (ValueError, RecursionError):
        # The start of an object that continues, over several lines or beyond the sample, or that is nested without end.
        return lines[0].strip() in ("{", "[", "[{") or len(lines) == 1
    return True


def _is_delimited(lines: list[str]) -> bool:
    """Whether no line is JSON, and the first two have the same number of columns."""
    if len(lines) < 2 or any(line.lstrip()[:1] in ("{", "[") for line in lines):
        return False
    return any(0 < lines[0].count(mark) == lines[1].count(mark) for mark in _SEPARATORS)
