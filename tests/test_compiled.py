"""A wheel with a compiled engine prints the same bytes as plain Python.

Compiling takes a minute. pytest's cache keeps the result until one of its sources changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from contextlib import redirect_stdout
from importlib.metadata import version
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

import pytest

from scenario_cli.cli import main
from tests.sample.shop import one_in, small_shop

ROOT = Path(__file__).parent.parent

pytestmark = [
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler here"),
    pytest.mark.skipif(not (find_spec("mypyc") and find_spec("setuptools")), reason="no mypyc or setuptools here"),
]


def run(command: list[str], **environment: str) -> str:
    process = subprocess.run(
        [sys.executable, "-P", *command], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


# Together they use every kind of wait, metrics, segments, history and broadcasts.
SCENARIOS = ("cart_abandonment", "loyalty_points", "price_drop", "reactivation", "replenishment", "sunset", "webinar")

# Tests of earlier differences of compiled code: copied objects, mappings of a class of their own, functions of the
# standard library that import. `make compiled` runs all tests of the engine.
ENGINE_TESTS = ("tests/engine/test_breakdown.py", "tests/engine/test_project_clock.py")

GOES_IN = ("scenario_cli", "schemas", ".ci", "pyproject.toml")


def compiled(cache: Path, folder: Path) -> Path:
    """A folder with the compiled package, made again if one of its sources has changed."""
    cached = cache / built_from()
    if not cached.is_dir():
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir()
        run(
            ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
            SCENARIO_COMPILE="1",
            SCENARIO_COMPILE_LEVEL="0",  # the bytes are compared, not the speed
            CFLAGS=f"{os.environ.get('CFLAGS', '')} {flag_of_the_header(folder)}",
        )
        (wheel,) = folder.glob("*.whl")
        site = folder / "site"
        with zipfile.ZipFile(wheel) as packed:  # tests/test_wheel.py installs a wheel
            packed.extractall(site)
        shutil.copytree(site, cached.with_suffix(".part"))
        cached.with_suffix(".part").rename(cached)  # so the folder is complete, or does not exist
    return cached


def flag_of_the_header(folder: Path) -> str:
    """The flag with which gcc reads a prepared `Python.h`: each compiled module has a file that holds little else."""
    prepared = folder / "header" / "Python.h.gch"
    prepared.parent.mkdir()
    settings = sysconfig.get_config_vars()
    # Those of mypyc at level 0; with others gcc reads the header itself.
    flags = f"{settings['CFLAGS']} {settings['CCSHARED']} -O0 -g0 -UNDEBUG -w"
    header = Path(settings["INCLUDEPY"]) / "Python.h"
    command = [*shlex.split(settings["CC"]), *shlex.split(flags), "-x", "c-header", str(header), "-o", str(prepared)]
    subprocess.run(command, capture_output=True, check=False)
    return f"-I{prepared.parent}"


def built_from() -> str:
    """SHA-256 over the sources, the Python and the tools of a compiled package."""
    digest = hashlib.sha256(f"{sys.version} {platform.machine()} {ROOT}".encode())
    digest.update(" ".join(version(tool) for tool in ("mypy", "setuptools", "hatchling")).encode())
    for name in GOES_IN:
        for path in sorted((ROOT / name).rglob("*")) or [ROOT / name]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"\0{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


# One process for all compiled runs: it prints the path of the engine and, as one JSON list, the output of each command;
# then it runs tests.
RUN_COMPILED = """
import json, sys
from contextlib import redirect_stdout
from io import StringIO
from scenario_cli.cli import main
from scenario_cli.engine import step
import pytest
if __name__ == "__main__":
    commands, tests = json.loads(sys.argv[1])
    printed = []
    for command in commands:
        with redirect_stdout(StringIO()) as output:
            assert main.run(command) == 0
        printed.append(output.getvalue())
    print(json.dumps([step.__file__, printed]), flush=True)
    sys.exit(pytest.main(["-p", "no:cacheprovider", "-p", "no:xdist", *tests]))
"""


def printed(*arguments: str) -> str:
    """The output of a command in this process, which runs the sources."""
    with redirect_stdout(StringIO()) as output:
        assert main.run([*arguments]) == 0
    return output.getvalue()


# One test, so that a parallel run builds the wheel only once.
def test_a_compiled_executor_gives_the_same_bytes_and_leaves_nothing_beside_its_source(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    cache = pytestconfig.cache
    environment = compiled(cache.mkdir("compiled") if cache is not None else tmp_path / "cache", tmp_path)
    assert list(environment.rglob("*.so"))
    assert list((ROOT / "scenario_cli").rglob("*.so")) == []
    shop = small_shop(tmp_path / "scenarios", SCENARIOS, one_in(40))
    plain_plan, compiled_plan = tmp_path / "plain.jsonl", tmp_path / "compiled.jsonl"
    dry_run = ["dry-run", "--project", str(shop), "--format", "json", "-q"]
    commands = [
        ["--version"],
        [*dry_run, "--plan", str(compiled_plan), "--workers", "2"],
        dry_run,  # without rows
    ]
    engine_tests = [str(ROOT / name) for name in ENGINE_TESTS]
    output, *_ = run(
        ["-c", RUN_COMPILED, json.dumps([commands, engine_tests])], PYTHONPATH=f"{environment}{os.pathsep}{ROOT}"
    ).splitlines()  # fmt: skip
    module, (version_line, *replayed) = json.loads(output)
    assert Path(module).is_relative_to(environment)
    assert not module.endswith(".py")
    assert version_line == f"scenario-cli {version('scenario-cli')} (compiled)\n"
    assert printed("--version") == f"scenario-cli {version('scenario-cli')} (pure Python)\n"
    assert replayed == [printed(*dry_run, "--plan", str(plain_plan)), printed(*dry_run)]
    assert plain_plan.read_bytes() == compiled_plan.read_bytes()
    assert plain_plan.read_bytes().count(b"\n") > 250
