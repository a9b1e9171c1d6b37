"""Reads the project of tests/language/base with a few files of a test. Expects nothing."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from scenario_cli.language.project import Loaded, load_project
from scenario_cli.language.rules import RULES
from scenario_cli.model.diagnostic import Diagnostic

BASE = Path(__file__).parent / "base"
RULED = {rule.code for rule in RULES}
HEAD = "scenario: cart\ntrigger: {event: cart_updated}\ngoal: {event: order_completed}\n"
STATES = "states: {open: {after: {1d: {end: over}}}}\n"
HELLO = "---\ntitle: Hello\n---\nHello\n"


def loaded(files: Mapping[str, str | bytes], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    monkeypatch.chdir(folder)
    return load_project(folder, tests=True)


def faults(files: Mapping[str, str | bytes], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Diagnostic]:
    """The findings without those of rules that are not errors."""
    findings = loaded(files, folder, monkeypatch).findings
    return [finding for finding in findings if finding.severity == "error" or finding.code not in RULED]


def line_of(finding: Diagnostic, file: str = "scenario.yaml") -> str:
    """A finding as `line:column CODE message | hint`, after its file if it is another file."""
    other = "" if finding.span.file == file else f"{finding.span.file}:"
    hint = f" | {finding.hint}" if finding.hint else ""
    return f"{other}{finding.span.line}:{finding.span.column} {finding.code} {finding.message}{hint}"


@dataclass(frozen=True)
class Block:
    """A case in a file of cases: its files, and the expected findings, as printed."""

    name: str
    written: str
    expected: str

    @property
    def files(self) -> dict[str, str]:
        """The files by name. The text before the first `@@ FILE` belongs to scenario.yaml, after its head."""
        parts = re.split(r"^@@ (.*)\n", self.written, flags=re.MULTILINE)
        first = parts[0] + ("" if re.search(r"^states\b", parts[0], re.MULTILINE) else STATES)
        scenario = {"scenario.yaml": first if first.startswith("scenario:") else HEAD + first}
        return {"templates/hello.push.j2": HELLO, **scenario, **dict(zip(parts[1::2], parts[2::2], strict=True))}


def blocks(name: str) -> list[Block]:
    """The cases of a file: each begins with `=== NAME`, and ends with its findings after `-->`, one a line."""
    text = (BASE.parent / "slips" / name).read_text(encoding="utf-8")
    cases: list[Block] = []
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        lines = body.splitlines(keepends=True)
        written = "".join(line for line in lines if not line.startswith("-->"))
        cases.append(Block(head, written, "".join(line for line in lines if line.startswith("-->"))))
    return cases


def check_block(name: str, block: Block, findings: list[Diagnostic]) -> None:
    """Compares the findings with those expected; with `UPDATE_CASES=1` writes them anew, to be read in the diff."""
    printed = "".join(f"--> {line_of(result)}\n" for result in findings)
    path = BASE.parent / "slips" / name
    if os.environ.get("UPDATE_CASES"):
        text = path.read_text(encoding="utf-8")
        before = f"=== {block.name}\n{block.written}{block.expected}"
        assert before in text
        path.write_text(text.replace(before, f"=== {block.name}\n{block.written}{printed}"), encoding="utf-8")
    else:
        assert printed == block.expected
