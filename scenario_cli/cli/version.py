"""The output of `scenario --version`."""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import version
from importlib.util import find_spec


def version_line() -> str:
    """The version, and whether the executor runs compiled, as needed in a report about speed."""
    return f"scenario-cli {version('scenario-cli')} ({'compiled' if _is_compiled() else 'pure Python'})"


def _is_compiled() -> bool:
    """Whether Python would import a compiled executor. Imports none."""
    executor = find_spec("scenario_cli.engine.step")
    return executor is not None and (executor.origin or "").endswith(tuple(EXTENSION_SUFFIXES))
