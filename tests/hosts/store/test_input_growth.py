"""Runs read each line of a log once, for any way in which lines come into a folder."""

from __future__ import annotations

import gzip
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hosts.store.drops import HEADER, Drop, line
from tests.reference.settings import scaled


@dataclass(frozen=True)
class Shape:
    """The format of a file of rows."""

    ending: str
    line_end: str
    encoding: str
    is_json: bool

    def text(self, ids: list[int], note: str) -> str:
        """The rows as text."""
        if self.is_json:
            return "".join(line(each) for each in ids).replace("\n", self.line_end)
        quoted = note.replace('"', '""')
        return "".join(f'{each},"an{quoted}a",buy,2025-03-01T10:00:00Z{self.line_end}' for each in ids)

    def content(self, ids: list[int], note: str) -> bytes:
        """The content of the file, with everything before the rows."""
        header = "" if self.is_json else HEADER.replace("\n", self.line_end)
        mark = b"\xff\xfe" if self.encoding == "utf-16-le" else b""
        return mark + (header + self.text(ids, note)).encode(self.encoding)


SHAPES = st.builds(
    lambda ending, line_end, encoding: Shape(ending, line_end, encoding, ending != ".csv"),
    st.sampled_from([".csv", ".jsonl", ".json"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-16-le"]),
)
NOTES = st.sampled_from(["", "é", '"', "\n", '"\n"', ",\n\n"])


@settings(max_examples=scaled(15), deadline=None)
@given(SHAPES, NOTES, st.lists(st.integers(0, 900), max_size=8), st.data())
def test_a_file_cut_anywhere_is_read_once(shape: Shape, note: str, cuts: list[int], data: st.DataObject) -> None:
    ids = list(range(1, data.draw(st.integers(1, 6)) + 1))
    content = shape.content(ids, note)
    # JSON can be cut at any byte. The last line of a CSV is read if it has all columns, so cut a CSV only at line
    # ends, including those in quotes.
    if shape.is_json:
        places = list(range(len(content) + 1))
    else:
        ends = tuple(end.encode(shape.encoding) for end in "\r\n")
        places = [place for place in range(0, len(content) + 1, len(ends[0])) if content[:place].endswith(ends)]
    stops = sorted({places[cut % len(places)] for cut in cuts} | {len(content)})
    with tempfile.TemporaryDirectory() as folder:
        drop = Drop(Path(folder))
        read: list[str] = []
        drop.write("other.csv", HEADER)
        for stop in stops:
            drop.write(f"log{shape.ending}", content[:stop])
            read += drop.run()
        assert read == [str(each) for each in ids]
        assert drop.run() == []


STEPS = st.lists(
    st.tuples(st.sampled_from(["new", "grow", "rename", "copy", "pack", "touch", "rotate"]), st.integers(0, 5)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=scaled(15), deadline=None)
@given(st.sampled_from([".csv", ".jsonl"]), STEPS, st.sets(st.integers(0, 8)))
def test_files_that_are_renamed_copied_and_packed_are_read_once(
    ending: str, steps: list[tuple[str, int]], pauses: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        drop = Drop(Path(folder))
        files: list[tuple[str, bytes]] = []
        written = 0
        read: list[str] = []
        shape = Shape(ending, "\n", "utf-8", ending != ".csv")

        def put(name: str, content: bytes) -> None:
            files[:] = [file for file in files if file[0] != name] + [(name, content)]
            drop.write(name, gzip.compress(content, mtime=written) if name.endswith(".gz") else content)

        drop.write("first.jsonl", line("first"))
        read += drop.run()
        for number, (step, which) in enumerate(steps):
            plain = [file for file in files if not file[0].endswith(".gz")]
            if step == "new" or not plain:
                written += 1
                put(f"f{number}{ending}", shape.content([written], ""))
                continue
            name, content = plain[which % len(plain)]
            new_name = f"f{number}{ending}"
            if step in ("grow", "rotate"):
                written += 1
            if step == "grow":
                # A run must know copies before they grow apart: otherwise they are two new files with their own rows.
                if any(other.startswith(content) and other != content for _, other in plain):
                    read += drop.run()
                put(name, content + shape.text([written], "").encode())
            elif step == "rename" or step == "rotate":
                (drop.folder / "drop" / name).rename(drop.folder / "drop" / new_name)
                files.remove((name, content))
                files.append((new_name, content))
                if step == "rotate":
                    put(name, shape.content([written], ""))
            elif step in ("copy", "touch"):
                put(new_name if step == "copy" else name, content)
            else:
                (drop.folder / "drop" / name).unlink()
                files.remove((name, content))
                put(f"f{number}{ending}.gz", content)
            if number in pauses:
                read += drop.run()
        read += drop.run()
        assert sorted(read) == sorted(["first", *map(str, range(1, written + 1))])
        assert drop.run() == []
