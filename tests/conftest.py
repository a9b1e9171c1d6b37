"""Set-up for the whole suite: work that each process does only once (`tests/once.py`), modules compiled once for all
processes, temporary files in memory. The longest tests begin first, so that no process runs a long test alone at the
end."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest

LONGEST_FIRST = (
    "tests/test_compiled.py",
    "tests/docs/test_command_examples.py",
    "tests/cli/test_init_and_new.py",
    # In one process, which starts Spark: it would be started twice if another took over some of them at the end.
    "tests/spark/test_batch.py",
    "tests/spark/test_page.py",
    "tests/spark/test_stream.py",
)
_ROOMY = 4 << 30  # bytes


def pytest_configure(config: pytest.Config) -> None:
    """Replaces functions like `load_project` by remembering ones, before any test file imports them."""
    gc.disable()  # until all tests are collected: tests and modules stay, so a collection frees nothing
    _write_into_memory(config)
    os.environ["SCENARIO_CACHE"] = "off"  # commands in tests leave no cache
    os.environ["COLUMNS"] = "80"  # whatever the terminal in which the tests run
    if sys.dont_write_bytecode and hasattr(config, "cache"):
        _keep_bytecode(config.cache.mkdir("bytecode"))
    from scenario_cli.engine.filters import DataEnvironment
    from scenario_cli.events import inspect
    from scenario_cli.events.staging import stage
    from scenario_cli.hosts import exports
    from scenario_cli.hosts.insights import log
    from scenario_cli.language import project
    from tests.once import compiled_once, inspected_once, read_once, staged_once

    patch = pytest.MonkeyPatch()
    for load in (project.load_project, project.load_model):
        patch.setattr(project, load.__name__, read_once(load))
    patch.setattr(DataEnvironment, "compile", compiled_once(DataEnvironment.compile))
    _draw_alike(patch)
    folder = Path(tempfile.mkdtemp(prefix="staged-"))
    config.add_cleanup(partial(shutil.rmtree, folder, ignore_errors=True))
    staged = staged_once(stage, folder)
    for host in (exports, log):
        patch.setattr(host, "stage", staged)
    patch.setattr(inspect, "inspect", inspected_once(inspect.inspect))


def _draw_alike(patch: pytest.MonkeyPatch) -> None:
    """Keeps the examples of derandomized properties independent of other tests: Hypothesis would draw constants of all
    modules that happen to be loaded."""
    from hypothesis.internal.conjecture import providers

    if hasattr(providers, "_get_local_constants"):
        patch.setattr(providers, "_get_local_constants", lambda: providers._local_constants)


def _write_into_memory(config: pytest.Config) -> None:
    """Puts temporary files into memory if a large file system is there: on a disk, writing and removing the many small
    files takes longer than some tests. Files of killed commands are removed at the end."""
    memory = Path("/dev/shm")
    # Worker processes of a parallel run use their parent's folder.
    if "TMPDIR" not in os.environ and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _ROOMY:
        folder = tempfile.mkdtemp(prefix="tests-", dir=memory)
        Path(folder).chmod(0o711)  # a test that runs as user nobody must reach its own folder inside
        config.add_cleanup(partial(shutil.rmtree, folder, ignore_errors=True))
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))  # the files of a failed test outlast the run
        os.environ["TMPDIR"] = folder
        tempfile.tempdir = None  # must be looked up again


def _keep_bytecode(folder: Path) -> None:
    """Makes this process, and those that it starts, keep compiled modules in a folder of pytest's own.

    If the environment allows none beside the sources, every process would compile all of them again: seconds of work
    for each, and half the time of a command in a process of its own.
    """
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {file: place for place, file in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


def pytest_collection_finish() -> None:
    """Excludes present objects from garbage collection, because they stay to the end: going through them again and
    again takes a tenth of the tests' time."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Excludes all objects from garbage collection once more, since replays have included them: pytest collects five
    times at its end, which takes seconds."""
    gc.freeze()


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the shipped scenarios with the log of some contacts. Only for reading: copy it before a change."""
    from tests.sample.shop import small_shop

    return small_shop(tmp_path_factory.mktemp("small") / "scenarios")
