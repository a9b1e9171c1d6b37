"""The files that a command line names for results: none may take the place of a file that the command reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from scenario_cli.cli.console import Stop

_OPTIONS = ("output", "out", "plan", "report", "rejects", "write")
_written: ContextVar[Mapping[str, Path] | None] = ContextVar("written", default=None)


@contextmanager
def written_files(arguments: Mapping[str, Any]) -> Iterator[None]:
    """Notes the files for results among a command's arguments.

    Stops if two options name the same file, or one names the store or a log of the past.
    """
    files: dict[str, Path] = {}
    for name in _OPTIONS:
        value = arguments.get(name)
        value = value[-1] if isinstance(value, tuple) and value else value
        path = Path(value) if isinstance(value, str | Path) and "://" not in str(value) else None
        if path is None or (path.exists() and not path.is_file()):  # a device or a pipe takes several results
            continue
        for other, before in files.items():
            if path.resolve() == before.resolve():
                raise Stop(f"--{other} and --{name} name the same file '{path}'", "choose another file for one of them")
        files[name] = path
    token = _written.set(files)
    try:
        refuse_overwriting([path for path in (arguments.get("state"), *(arguments.get("history") or ())) if path])
        yield
    finally:
        _written.reset(token)


def refuse_overwriting(read: Iterable[str | Path]) -> None:
    """Stops if a result would take the place of one of the files, folders or patterns that the command reads."""
    targets = {name: path for name, path in (_written.get() or {}).items() if path.is_file()}
    if not targets:
        return
    for text in map(str, read):
        for name, target in targets.items():
            if _reads(text.partition("::")[0], target):
                raise Stop(f"--{name} would replace '{target}', which this command reads", "choose another file")


def _reads(text: str, target: Path) -> bool:
    path = Path(text)
    if path.is_file():
        return path.samefile(target)
    if path.is_dir():
        return any(file.name == target.name and file.samefile(target) for file in path.rglob(target.name))
    if not any(character in text for character in "*?["):
        return False
    return any(match.samefile(target) for match in Path(path.anchor).glob(str(path.relative_to(path.anchor))))
