"""Writes output: its target, colour, width and progress. Makes no result of its own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from scenario_cli.model.plain_text import plain_line, printable, without_steering
from scenario_cli.whole_file import write_whole

CI_WIDTH = 120  # columns if no terminal states its width


def use_color(setting: str, is_terminal: bool, environment: Mapping[str, str]) -> bool:
    """Whether to use colour: by the setting, else only on a terminal without a request for plain text."""
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
    """Writes a result to standard output, or to a file, which is written completely or not at all.

    Renderers make their texts harmless, each for its format; control characters that remain do not reach a terminal.
    """
    if output is None:
        try:
            sys.stdout.write(_for_encoding(without_steering(text), sys.stdout.encoding))
        except BrokenPipeError:  # the reader has gone; the command continues to its exit code
            silence_output()
        except OSError as error:
            silence_output()
            raise Stop(f"standard output cannot be written: {error.strerror}") from None
        return
    check_writable(output)
    rewrite(output, text.encode("utf-8"))


def _for_encoding(text: str, encoding: str | None) -> str:
    """A text as it is, or JSON with escapes, if the encoding of standard output lacks characters of it."""
    if encoding is None or encoding.lower() in ("utf-8", "utf8") or text[:1] not in ("{", "["):
        return text
    from scenario_cli.cli.narrow_output import escaped

    return escaped(text, encoding)


def check_writable(output: Path | None) -> None:
    """Stops if a result could not be written: a job of minutes checks this before it begins."""
    if output is None:
        return
    if output.is_dir():
        raise Stop(f"cannot write '{output}': it is a folder", "name a file in it")
    if not output.parent.is_dir():
        raise Stop(f"cannot write '{output}': folder '{output.parent}' does not exist", "create it first")
    if not (os.access(output if output.exists() and not output.is_file() else output.parent, os.W_OK)):
        raise Stop(
            f"cannot write '{output}': you have no permission to write in '{output.parent}'", "choose another folder"
        )


def rewrite(path: Path, content: bytes) -> None:
    """A file's content, there whole or not at all; its permissions stay."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise cannot_write(path, error) from None


def cannot_write(path: Path, error: OSError) -> Stop:
    """The sentence about a file that cannot be written."""
    return Stop(f"cannot write '{path}': {error.strerror or error}")


def silence_output() -> None:
    """Discards the remaining standard output, also at the interpreter's exit."""
    sys.stdout = _nowhere(sys.stdout)


def _nowhere(stream: TextIO) -> TextIO:
    """The stream, redirected to nowhere; a new stream if it is not a stream of the process."""
    try:
        number = stream.fileno()
    except OSError:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
    return stream


def note(text: str, quiet: bool = False) -> None:
    """Writes a line that is not a result to standard error."""
    notes((text,), quiet)


def notes(lines: Iterable[str], quiet: bool = False) -> None:
    """Writes lines that are not results, with cited texts made harmless."""
    if not quiet:
        try:
            sys.stderr.write("".join(f"{plain_line(line)}\n" for line in lines))
            sys.stderr.flush()
        except OSError:  # nobody can read an error message any more
            sys.stderr = _nowhere(sys.stderr)


class Stop(Exception):
    """The job cannot be done: the message states why, the hint how to mend it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__("\n  ".join([printable(message), *map(plain_line, (hint or "").splitlines())]))


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[str, int, int | None], None] | None]:
    """A bar on standard error, if that is a terminal and nobody asked for quiet."""
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

        def report(label: str, done: int, total: int | None) -> None:
            if label not in tasks:
                tasks[label] = int(bar.add_task(printable(label), total=total))
            bar.update(tasks[label], completed=done, total=total)  # type: ignore[arg-type]

        yield report
