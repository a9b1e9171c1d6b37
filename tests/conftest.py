"""What the whole suite shares: a project of which no file has changed is read once in each process, the text of a
template is compiled once in each, modules are compiled once for all processes, and the tests that take longest begin
first, so that no process is left alone with one of them at the end."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from scenario_cli.language.project import Loaded

LONGEST_FIRST = (
    "tests/test_compiled.py",
    "tests/docs/test_command_examples.py",
    "tests/cli/test_init_and_new.py",
    "tests/language/test_mutations.py",
)
_ROOMY = 4 << 30  # bytes
_SMALL = 1 << 16  # bytes; of a larger file, a log, the size and the time of its last change stand for its content
_MOST = 24  # projects kept
_MOST_TEMPLATES = 2_000


def pytest_configure(config: pytest.Config) -> None:
    """Before any test file is imported: whoever imports `load_project` or `load_model` gets the one that remembers."""
    gc.disable()  # until all tests are there: they and the modules stay, and to look through them finds nothing
    _write_into_memory(config)
    os.environ["SCENARIO_CACHE"] = "off"  # what commands read in a test is remembered nowhere
    if sys.dont_write_bytecode and hasattr(config, "cache"):
        _keep_bytecode(config.cache.mkdir("bytecode"))
    from scenario_cli.language import project

    for load in (project.load_project, project.load_model):
        pytest.MonkeyPatch().setattr(project, load.__name__, _read_once(load))
    from scenario_cli.engine.filters import DataEnvironment

    pytest.MonkeyPatch().setattr(DataEnvironment, "compile", _compiled_once(DataEnvironment.compile))


def _write_into_memory(config: pytest.Config) -> None:
    """Temporary files go into memory where a roomy file system lies there: on a disk, writing the many small ones and
    removing them again takes longer than some tests do otherwise. What killed commands leave is gone at the end."""
    memory = Path("/dev/shm")
    # Processes that share the tests take the folder of the one that started them.
    if "TMPDIR" not in os.environ and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _ROOMY:
        folder = tempfile.mkdtemp(prefix="tests-", dir=memory)
        Path(folder).chmod(0o711)  # a test that runs as nobody gets at its own folder in it
        config.add_cleanup(partial(shutil.rmtree, folder, ignore_errors=True))
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))  # the files of a test that failed outlast the run
        os.environ["TMPDIR"] = folder
        tempfile.tempdir = None  # to be looked up anew


def _keep_bytecode(folder: Path) -> None:
    """Lets this process, and those that it starts, keep compiled modules in a folder of pytest's own.

    Where the environment wants none beside the sources, every process would compile all of them anew: seconds of work
    for each, and half of what a command line in a process of its own takes.
    """
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {file: place for place, file in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: without this the collector goes through all of it again and again, a
    tenth of the time of the tests."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the shipped scenarios with the log of some contacts: to read, and to copy for whoever changes it."""
    from tests.sample.shop import small_shop

    return small_shop(tmp_path_factory.mktemp("small") / "scenarios")


def _digest(root: Path) -> str:
    """SHA-256 over all that lies in a folder."""
    found = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        found.update(f"{path}\0".encode(errors="surrogatepass"))
        if path.is_dir():
            continue
        known = path.stat()
        small = known.st_size <= _SMALL
        found.update(path.read_bytes() if small else f"{known.st_size} {known.st_mtime_ns}".encode())
        found.update(b"\0")
    return found.hexdigest()


def _read_once(load: Callable[..., Loaded]) -> Callable[..., Loaded]:
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


def _compiled_once(compiled: Callable[..., Any]) -> Callable[..., Any]:
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
