"""Work that each process of the suite does once for all tests: reading a project without changed files, staging an
export without changed files, compiling the text of a template."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from inspect import signature
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from scenario_cli.shipped import shipped

if TYPE_CHECKING:
    from scenario_cli.events.staged import StagedLog
    from scenario_cli.language.project import Loaded
    from scenario_cli.model.export import ExportOptions
    from scenario_cli.model.inspection import Inspection

_SMALL = 1 << 16  # bytes; for a larger file, a log, the size and the time of its last change replace its content
_MOST = 24  # the most projects, and the most inspections, in memory
_MOST_TEMPLATES = 2_000
_MOST_LOGS = 12
_LARGEST_LOG = 16 << 20  # bytes


def _digest(root: Path) -> str:
    """SHA-256 over the contents of a folder."""
    digest = hashlib.sha256()
    # `os.walk`, because making a `Path` for each file takes longer than reading most of them.
    for folder, inner, names in os.walk(root):
        inner.sort()
        digest.update(f"{folder}\0{inner}\0".encode(errors="surrogatepass"))
        _add(digest, (f"{folder}{os.sep}{name}" for name in sorted(names)))
    return digest.hexdigest()


def _digest_of(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    _add(digest, map(str, paths))
    return digest.hexdigest()


def _add(digest: hashlib._Hash, paths: Iterable[str]) -> None:
    for path in paths:
        status = os.stat(path)  # noqa: PTH116
        digest.update(f"{path}\0".encode(errors="surrogatepass"))
        if status.st_size > _SMALL:
            digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
        elif S_ISREG(status.st_mode):
            with open(path, "rb") as file:  # noqa: PTH123
                digest.update(file.read())
        digest.update(b"\0")


def read_once(load: Callable[..., Loaded]) -> Callable[..., Loaded]:
    """`load`, but it reads a folder again only after a change in it."""
    cache: OrderedDict[object, Loaded] = OrderedDict()
    parameters = signature(load)

    def loaded(root: Path, *options: Any, **named: Any) -> Loaded:
        arguments = parameters.bind(root, *options, **named)
        arguments.apply_defaults()
        try:
            # Messages show paths from the current folder, and some rules depend on the day. The shipped project is the
            # same throughout: searching it takes as long as some tests.
            content = "" if root == shipped("scenarios") else _digest(root)
            key = (repr(arguments.arguments), Path.cwd(), date.today(), content)
        except OSError:  # for `load` to report
            return load(root, *options, **named)
        if key not in cache:
            cache[key] = load(root, *options, **named)
        cache.move_to_end(key)
        if len(cache) > _MOST:
            cache.popitem(last=False)
        loaded_project = cache[key]
        # Each caller gets its own lists, because commands add to the findings.
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
    """`Environment.compile`, but it compiles a text only once. Of the environment, code depends only on the filters and
    tests, and on the extra arguments that they receive."""
    cache: dict[object, Any] = {}

    def code(environment: Any, source: Any, name: str | None = None, filename: str | None = None) -> Any:
        if not isinstance(source, str):
            return compiled(environment, source, name, filename)
        functions = (*environment.filters.items(), *environment.tests.items())
        of_functions = tuple((called, getattr(function, "jinja_pass_arg", None)) for called, function in functions)
        settings = (type(environment), environment.autoescape, environment.optimized)
        key = (source, name, filename, settings, of_functions)
        if key not in cache:
            if len(cache) == _MOST_TEMPLATES:
                cache.clear()
            cache[key] = compiled(environment, source, name, filename)
        return cache[key]

    return code


def _files_of(options: ExportOptions) -> list[Path]:
    """The files of an export, also those of its folders and patterns; empty if a part of it is not in files."""
    names = [Path(name) for part in options.parts for name in (*part.events, *part.contacts)]
    matches = [[name] if name.exists() else _matching(name) for name in names]
    if any(part.query for part in options.parts) or not all(matches):
        return []
    listed = [path for paths in matches for path in paths]
    inner = [file for path in listed if path.is_dir() for file in sorted(path.rglob("*"))]
    return [path for path in (*listed, *inner) if path.is_file()]


def _matching(pattern: Path) -> list[Path]:
    """The files and folders that a pattern names; empty if it is an address, no pattern or names none."""
    try:
        return sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))
    except ValueError:
        return []


def inspected_once(inspect: Callable[..., Inspection]) -> Callable[..., Inspection]:
    """`inspect`, but it reads files only once for the same plan."""
    cache: OrderedDict[object, Inspection] = OrderedDict()

    def inspected(options: ExportOptions, workspace: Path, progress: object = None, *plan: Any, **named: Any) -> Any:
        paths = _files_of(options)
        if not paths or progress or options.rejects:
            return inspect(options, workspace, progress, *plan, **named)
        key = (repr((options, plan, sorted(named.items()))), Path.cwd(), _digest_of(paths))
        if key not in cache:
            cache[key] = inspect(options, workspace, progress, *plan, **named)
        cache.move_to_end(key)
        if len(cache) > _MOST:
            cache.popitem(last=False)
        return cache[key]

    return inspected


def staged_once(stage: Callable[..., StagedLog], folder: Path) -> Callable[..., StagedLog]:
    """`stage`, but files that it has staged for the same needs come from a copy in `folder`."""
    cache: OrderedDict[object, tuple[Path, StagedLog]] = OrderedDict()

    def staged(
        options: ExportOptions, types_by_event: object, attributes: object, workspace: Path, progress: object = None,
        **named: Any,
    ) -> StagedLog:  # fmt: skip
        paths = _files_of(options)
        # Progress, written rejects and knowledge of earlier exports need `stage` itself.
        if not paths or progress or options.rejects or named.get("known"):
            return stage(options, types_by_event, attributes, workspace, progress, **named)
        key = (repr((options, types_by_event, attributes, sorted(named.items()))), Path.cwd(), _digest_of(paths))
        path = workspace / "log.duckdb"
        if key not in cache:
            log = stage(options, types_by_event, attributes, workspace, progress, **named)
            if path.stat().st_size > _LARGEST_LOG:
                return log
            copy = folder / f"{hashlib.sha256(repr(key).encode()).hexdigest()}.duckdb"
            shutil.copyfile(path, copy)
            cache[key] = copy, log
            if len(cache) > _MOST_LOGS:
                cache.popitem(last=False)[1][0].unlink()
            return log
        cache.move_to_end(key)
        copy, log = cache[key]
        workspace.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy, path)
        return replace(log, path=path)

    return staged
