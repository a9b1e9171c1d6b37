"""What the whole suite shares: what each process does only once (`tests/once.py`), modules that are compiled once for
all processes, temporary files in memory. The tests that take longest begin first, so that no process is left alone with
one of them at the end."""

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
)
_ROOMY = 4 << 30  # bytes


def pytest_configure(config: pytest.Config) -> None:
    """Before any test file is imported: whoever imports `load_project` or `load_model` gets the one that remembers."""
    gc.disable()  # until all tests are there: they and the modules stay, and to look through them finds nothing
    _write_into_memory(config)
    os.environ["SCENARIO_CACHE"] = "off"  # what commands read in a test is remembered nowhere
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
    """Properties that always try the same examples try them whichever tests run beside: Hypothesis would draw
    constants of all modules that happen to be loaded."""
    from hypothesis.internal.conjecture import providers

    if hasattr(providers, "_get_local_constants"):
        patch.setattr(providers, "_get_local_constants", lambda: providers._local_constants)


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
