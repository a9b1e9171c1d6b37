"""What each process of the suite does once, however many tests ask for it: read a project of which no file has
changed, stage an export of which none has, compile the text of a template."""

from __future__ import annotations

import hashlib
import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario_cli.events.staged import StagedLog
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.export import ExportOptions

_SMALL = 1 << 16  # bytes; of a larger file, a log, the size and the time of its last change stand for its content
_MOST = 24  # projects kept
_MOST_TEMPLATES = 2_000
_MOST_LOGS = 12
_LARGEST_LOG = 16 << 20  # bytes


def _digest(root: Path) -> str:
    """SHA-256 over all that lies in a folder."""
    return _digest_of(sorted(root.rglob("*")))


def _digest_of(paths: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{path}\0".encode(errors="surrogatepass"))
        if path.is_dir():
            continue
        known = path.stat()
        small = known.st_size <= _SMALL
        found.update(path.read_bytes() if small else f"{known.st_size} {known.st_mtime_ns}".encode())
        found.update(b"\0")
    return found.hexdigest()


def read_once(load: Callable[..., Loaded]) -> Callable[..., Loaded]:
    """`load`, which reads a folder again only where something in it is not as it was."""
    kept: OrderedDict[object, Loaded] = OrderedDict()
    parameters = signature(load)

    def loaded(root: Path, *options: Any, **named: Any) -> Loaded:
        asked = parameters.bind(root, *options, **named)
        asked.apply_defaults()
        try:
            # Messages show paths from the current folder, and some rules know the day.
            key = (repr(asked.arguments), Path.cwd(), date.today(), _digest(root))
        except OSError:  # for `load` to report
            return load(root, *options, **named)
        if key not in kept:
            kept[key] = load(root, *options, **named)
        kept.move_to_end(key)
        if len(kept) > _MOST:
            kept.popitem(last=False)
        loaded_project = kept[key]
        # Lists of its own for everyone, since commands add to the findings.
        return replace(
            loaded_project,
            findings=list(loaded_project.findings),
            sources=dict(loaded_project.sources),
            tests=list(loaded_project.tests),
            test_files=list(loaded_project.test_files),
            ignored=list(loaded_project.ignored),
        )

    return loaded


def compiled_once(compiled: Callable[..., Any]) -> Callable[..., Any]:
    """`Environment.compile`, which makes code anew only of a text that it has not seen. Code holds nothing of the
    environment but which filters and tests there are, and which of them are handed more than their values."""
    kept: dict[object, Any] = {}

    def code(environment: Any, source: Any, name: str | None = None, filename: str | None = None) -> Any:
        if not isinstance(source, str):
            return compiled(environment, source, name, filename)
        functions = (*environment.filters.items(), *environment.tests.items())
        known = tuple((called, getattr(function, "jinja_pass_arg", None)) for called, function in functions)
        settings = (type(environment), environment.autoescape, environment.optimized)
        key = (source, name, filename, settings, known)
        if key not in kept:
            if len(kept) == _MOST_TEMPLATES:
                kept.clear()
            kept[key] = compiled(environment, source, name, filename)
        return kept[key]

    return code


def staged_once(stage: Callable[..., StagedLog], folder: Path) -> Callable[..., StagedLog]:
    """`stage`, which gives files that it has read for the same needs from a copy that it keeps in `folder`."""
    kept: OrderedDict[object, tuple[Path, StagedLog]] = OrderedDict()

    def staged(
        options: ExportOptions, types_by_event: object, attributes: object, workspace: Path, progress: object = None,
        **named: Any,
    ) -> StagedLog:  # fmt: skip
        paths = [Path(name) for part in options.parts for name in (*part.events, *part.contacts)]
        asks_elsewhere = any(part.query for part in options.parts) or not all(path.is_file() for path in paths)
        # What is shown on the way, written beside, or known of earlier exports is for `stage` itself.
        if asks_elsewhere or progress or options.rejects or named.get("known"):
            return stage(options, types_by_event, attributes, workspace, progress, **named)
        key = (repr((options, types_by_event, attributes, sorted(named.items()))), Path.cwd(), _digest_of(paths))
        path = workspace / "log.duckdb"
        if key not in kept:
            found = stage(options, types_by_event, attributes, workspace, progress, **named)
            if path.stat().st_size > _LARGEST_LOG:
                return found
            copy = folder / f"{hashlib.sha256(repr(key).encode()).hexdigest()}.duckdb"
            shutil.copyfile(path, copy)
            kept[key] = copy, found
            if len(kept) > _MOST_LOGS:
                kept.popitem(last=False)[1][0].unlink()
            return found
        kept.move_to_end(key)
        copy, found = kept[key]
        workspace.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy, path)
        return replace(found, path=path)

    return staged
