"""Where output goes and how it looks: colour, width, progress. Prints no result of its own making."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from scenario_cli.model.plain_text import plain_line, printable, without_steering

CI_WIDTH = 120  # columns where no terminal says how wide it is


def use_color(setting: str, is_terminal: bool, environment: Mapping[str, str]) -> bool:
    """Whether to colour: as told, else only on a terminal that nobody has asked to be plain."""
    if setting in ("always", "never"):
        return setting == "always"
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return is_terminal


def stdout_color(setting: str) -> bool:
    return use_color(setting, sys.stdout.isatty(), os.environ)


def width(stream: TextIO) -> int:
    """The columns there are: those of the terminal, or of COLUMNS, else enough for a CI log."""
    if stream.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return max(shutil.get_terminal_size().columns, 40)
    return CI_WIDTH


def emit(text: str, output: Path | None) -> None:
    """A result to standard output, or to a file that is there whole or not at all.

    Renderers make what they show harmless, each for its format; what none thought of does not reach a terminal.
    """
    if output is None:
        sys.stdout.write(without_steering(text))
        return
    check_writable(output)
    if output.exists() and not output.is_file():  # a device or a pipe: renaming over /dev/null would replace it
        output.write_text(text, encoding="utf-8")
        return
    beside = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(output)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Stop(f"cannot write '{output}': {error.strerror}") from None


def check_writable(output: Path | None) -> None:
    """Stops where a result could not be written: what takes minutes asks before it begins."""
    if output is None:
        return
    if output.is_dir():
        raise Stop(f"cannot write '{output}': it is a folder", "name a file in it")
    if not output.parent.is_dir():
        raise Stop(f"cannot write '{output}': there is no folder '{output.parent}'", "make it first")


def rewrite(path: Path, content: bytes) -> None:
    """A file's new content, there whole or not at all; its permissions stay."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(content)
        shutil.copymode(path, beside)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Stop(f"cannot write '{path}': {error.strerror}") from None


def note(text: str, quiet: bool = False) -> None:
    """A line that is no result goes to standard error."""
    notes((text,), quiet)


def notes(lines: Iterable[str], quiet: bool = False) -> None:
    """Lines that are no result, whatever is cited in them harmless."""
    if not quiet:
        sys.stderr.write("".join(f"{plain_line(line)}\n" for line in lines))


class Stop(Exception):
    """The job cannot be done: the message says why, the hint how to mend it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__("\n  ".join([printable(message), *map(plain_line, (hint or "").splitlines())]))


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[str, int, int | None], None] | None]:
    """A bar on standard error, where that is a terminal and nobody asked for quiet."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        tasks: dict[str, int] = {}

        def tell(label: str, done: int, total: int | None) -> None:
            if label not in tasks:
                tasks[label] = int(bar.add_task(printable(label), total=total))
            bar.update(tasks[label], completed=done, total=total)  # type: ignore[arg-type]

        yield tell
