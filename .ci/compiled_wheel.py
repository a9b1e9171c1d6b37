"""Builds a wheel with the executor compiled to machine code, if SCENARIO_COMPILE=1 asks for one.

The wheel holds the same sources, and beside those that run for every event of a log their modules compiled by mypyc,
which Python imports first. They are built in a temporary folder: in a checkout a compiled module would go on running
after its source is edited. Without the variable the wheel is plain Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The modules that run for every event. Nothing in it may be sent to another process: compiled values cannot be pickled.
COMPILED = (
    "engine/*.py",
    "engine/compile/*.py",
    "model/budget.py",
    "model/dates.py",
    "model/event.py",
    "model/records.py",
    "hosts/summary.py",
    "events/decoding.py",
)

_SETUP = """
from mypyc.build import mypycify
from setuptools import setup

setup(name="scenario-cli", packages=[], ext_modules=mypycify(
    ["--ignore-missing-imports", *{modules}], opt_level={level!r}, debug_level="0", group_name="scenario_cli",
    multi_file={several}))
"""


class CompiledWheel(BuildHookInterface[Any]):
    """Adds the compiled modules to the wheel."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """The packages that building needs beside hatchling."""
        return ["mypy>=1.14", "setuptools>=65", "croniter>=6.0", "jinja2>=3.1.5"] if _is_wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compiles the modules, adds them to the wheel, and marks it as one for this Python and machine alone."""
        if not _is_wanted():
            return
        if version == "editable":
            raise RuntimeError("SCENARIO_COMPILE is for a wheel: in an editable installation edits would not be seen")
        folder = Path(tempfile.mkdtemp(prefix="scenario-compiled-"))
        self._folder = folder
        for path in _compile(Path(self.root) / "scenario_cli", folder):
            build_data["force_include"][str(path)] = path.relative_to(folder / "made").as_posix()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Removes the temporary folder."""
        if _is_wanted():
            shutil.rmtree(self._folder)


def _is_wanted() -> bool:
    return os.environ.get("SCENARIO_COMPILE", "") not in ("", "0")


def _level() -> str:
    """How far the C compiler optimizes, from 0 (quick to build, the same results) to 3."""
    return os.environ.get("SCENARIO_COMPILE_LEVEL", "3")


def _compile(package: Path, folder: Path) -> list[Path]:
    """The compiled modules, built in a folder from a copy of the package."""
    copy = folder / package.name
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    # What the package offers to programs imports all of it, and mypy would read on into every library that it uses. The
    # modules that are compiled need little of this, and become the same code without.
    (copy / "__init__.py").write_text("", encoding="utf-8")
    modules = sorted(
        str(path.relative_to(folder)) for each in COMPILED for path in copy.glob(each) if path.name != "__init__.py"
    )
    # One C file for all modules is compiled to the fastest code, and is more than Microsoft's compiler has memory for.
    setup = _SETUP.format(modules=modules, level=_level(), several=sys.platform == "win32")
    (folder / "setup.py").write_text(setup, encoding="utf-8")
    # Nobody reads warnings about generated code, and to look for them takes most of a quick build.
    environment = {**os.environ, "CFLAGS": f"{os.environ.get('CFLAGS', '')} -Wno-all -w"}
    done = subprocess.run(
        [sys.executable, "setup.py", "--quiet", "build_ext", "--build-lib", "made"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the executor could not be compiled:\n{done.stdout}{done.stderr}")
    return sorted(path for path in (folder / "made").rglob("*") if path.is_file())
