"""The files of an export as located nodes, whether they are JSON or YAML. Knows no tool."""

from __future__ import annotations

from pathlib import Path

from scenario_cli.importing.json_nodes import Damaged, read_json
from scenario_cli.language.reader import read_yaml
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.source import Span, whole_file

MAX_BYTES = 32 * 1024 * 1024


def read_source(path: Path) -> Node:
    """The file's value. Raises `Damaged` if it cannot be read: with line and column if they are known."""
    file = str(path)
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        raise Damaged(f"cannot read it: {reason}", whole_file(file)) from None
    if data is None:
        raise Damaged(f"the file has more than {MAX_BYTES // 1024**2} MiB", whole_file(file))
    if data.startswith(b"PK\x03\x04"):
        raise Damaged("this is a ZIP archive", whole_file(file), "unpack it, and import the JSON file that is in it")
    if data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return read_json(_text(data, file), file)
    node, findings = read_yaml(data, file)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors or node is None:
        first = errors[0]
        raise Damaged(first.message, first.span, first.hint)
    return node


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        span = Span(file, line, column, line, column + 1)
        raise Damaged(f"byte 0x{data[error.start]:02x} is not UTF-8", span, "save the file as UTF-8") from None
