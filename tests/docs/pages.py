"""The pages of the documentation as examples: fenced blocks, the names of their files, and blocks that belong together.
Runs nothing.

A fenced block of YAML, a template or a table of data begins an example, and so does a command line. The blocks after it
belong to it if only names of files are between them. The name of a file is a line of its own:
`templates/cart/reminder.email.j2`:
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
)
# The language's reference. Its first page has the project that all its examples use.
LANGUAGE = (ROOT / "docs" / "language.md", *sorted((ROOT / "docs" / "language").glob("*.md")))

# Blocks for the examples of the language, blocks with command lines, and blocks that are only shown.
FILES = frozenset({"yaml", "jinja", "csv", "jsonl"})
RESULTS = frozenset({"trace", "finding", "message", "rows", "values"})
COMMANDS = frozenset({"console"})
SHOWN = frozenset({"sh", "python", "yml", "json", "lua", "ini", "toml", "text"})

_FENCE = re.compile(r"^```(\S*)\s*$")
_FILE = re.compile(r"^`([^`\s]+\.[a-z0-9.]+)`:$")


@dataclass(slots=True)
class Block:
    """A fenced block: the page's `number`th, from 0; `line` is the number of its first line on the page.

    `file` is the name of its file, if the page gives it.
    """

    kind: str
    text: str
    line: int
    number: int
    file: str = ""


@dataclass(slots=True)
class Example:
    """Blocks that belong together; on pages about the command line each block is an example of its own."""

    page: Path
    blocks: list[Block]

    @property
    def name(self) -> str:
        return f"{self.page.stem}:{self.blocks[0].line}"

    @property
    def files(self) -> list[Block]:
        return [block for block in self.blocks if block.kind in FILES]

    def of(self, kind: str) -> Block | None:
        return next((block for block in self.blocks if block.kind == kind), None)


def blocks_of(page: Path) -> list[tuple[Block, bool]]:
    """All fenced blocks of a page, each with whether text is between it and the block before."""
    blocks: list[tuple[Block, bool]] = []
    apart, file = True, ""
    lines = page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        fence = _FENCE.match(line)
        if fence:
            start = number = number + 1
            while lines[number].rstrip() != "```":
                number += 1
            text = "".join(f"{inside}\n" for inside in lines[start:number])
            blocks.append((Block(fence[1], text, start + 1, len(blocks), file), apart))
            apart, file = False, ""
        elif named := _FILE.match(line):
            file = named[1]
        elif line.strip():
            apart, file = True, ""
        number += 1
    return blocks


def examples_of(page: Path) -> list[Example]:
    """The examples of the language on a page, in order."""
    examples: list[Example] = []
    before = ""
    for block, apart in blocks_of(page):
        if block.kind not in FILES | RESULTS:
            continue
        # A result belongs to the example above it, with any text between them; expressions are an example of their own,
        # or belong to the files that they read, if these are directly above.
        begins = before not in FILES or apart if block.kind == "values" else apart or before in RESULTS
        if begins and (block.kind in FILES or block.kind == "values"):
            examples.append(Example(page, []))
        examples[-1].blocks.append(block)
        before = block.kind
    return examples


UPDATE = bool(os.environ.get("UPDATE_DOCS"))


def compare(page: Path, block: Block, shown: str) -> None:
    """Fails if a block differs from the real result. With UPDATE_DOCS=1 the block is written anew instead."""
    if UPDATE and block.text != shown:
        lines = page.read_text(encoding="utf-8").split("\n")
        now = [each for each, _ in blocks_of(page)][block.number]
        first = now.line - 1
        lines[first : first + now.text.count("\n")] = shown.removesuffix("\n").split("\n") if shown else []
        page.write_text("\n".join(lines), encoding="utf-8")
        block.text = shown
    assert block.text == shown, f"{page.name}:{block.line} shows something else"
