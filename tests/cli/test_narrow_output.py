"""Standard output takes every text in every encoding: in a code page of Windows, in ASCII."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from scenario_cli.cli.console import emit
from scenario_cli.cli.narrow_output import take_all_characters
from scenario_cli.shipped import shipped


def written(text: str, encoding: str) -> bytes:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding=encoding)
    take_all_characters(stream)
    stream.write(text)
    stream.flush()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("encoding", "text", "expected"),
    [
        ("ascii", "● after 1h\n▼\n┌──┐\n│é │", b"o after 1h\nv\n+--+\n|\\u00e9 |"),
        ("cp1252", "37% ████▏ é → “Olá” 你", b"37% ##### \xe9 > \x93Ol\xe1\x94 \\u4f60"),
        ("cp850", "┌─┐ ✓", b"\xda\xc4\xbf +"),
        ("utf-8", "✓ é", "✓ é".encode()),
    ],
)
def test_characters_that_an_encoding_lacks_are_replaced(encoding: str, text: str, expected: bytes) -> None:
    assert written(text, encoding) == expected


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_keeps_its_values_in_every_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"title": "“Ana” 🎉 مرحبا – 30 → 40 ×…", "name": "é"}
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding=encoding)
    take_all_characters(stream)
    monkeypatch.setattr("sys.stdout", stream)
    emit(json.dumps(values, ensure_ascii=False, indent=2), None)
    stream.flush()
    assert json.loads(buffer.getvalue().decode(encoding)) == values


def test_a_drawing_goes_through_a_pipe_of_a_code_page() -> None:
    project = shipped("scenarios")
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            "from scenario_cli.cli.main import main; main()",
            "graph",
            "welcome",
            "--project",
            project,
        ],
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=False,
    )
    assert (process.returncode, process.stderr) == (0, b"")
    assert b"+--" in process.stdout
