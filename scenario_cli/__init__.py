"""CRM scenarios as code: read, validate, replay and plan scenarios written as YAML state machines.

`load`, `validate`, `replay` and `plan` are the public interface; `docs/python.md` describes it. Everything below this
package's own modules can change with any version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario_cli.api import Finding, Plan, Project, Replay, ScenarioError, load, plan, replay, validate

    __version__: str

__all__ = [
    "Finding", "Plan", "Project", "Replay", "ScenarioError", "__version__", "load", "plan", "replay", "validate",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """A public name, looked up at its first use: a command line does not need it."""
    if name == "__version__":
        from importlib.metadata import version

        return version("scenario-cli")
    if name in __all__:
        from scenario_cli import api

        return getattr(api, name)
    raise AttributeError(f"module 'scenario_cli' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
