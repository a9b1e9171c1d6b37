"""Projects of the replays: always the same scenarios and policies, independent of the shipped ones.

Otherwise figures of different days could not be compared. Only the library is the shipped project.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from pathlib import Path

from scenario_cli.shipped import shipped

FOUR = ("cart_abandonment", "nurturing", "reactivation", "welcome")

_POLICY = """
policy:
  quiet_hours:
    - {channels: [push, sms], from: "21:00", to: "08:00"}
    - {channels: [sms], on: sun}
  caps:
    - {max: 2, per: day}
    - {max: 4, per: 7d, channels: [email]}
    - {max: 2, per: month, channels: [sms]}
  on_cap: drop
  on_quiet: delay
  max_hold: 1d
"""


def library(folder: Path) -> Path:
    """The whole shipped project with its policy."""
    project = folder / "library"
    shutil.copytree(shipped("scenarios"), project, ignore=shutil.ignore_patterns("data", "tests"))
    return project


def four(folder: Path) -> Path:
    """Four scenarios, and a policy with quiet hours and caps."""
    project = _with_scenarios(folder / "four", FOUR)
    (project / "policy.yaml").write_text(_POLICY, encoding="utf-8")
    return project


def cart_alone(folder: Path) -> Path:
    """The cart scenario without any policy."""
    project = _with_scenarios(folder / "cart", FOUR[:1])
    (project / "policy.yaml").unlink()
    return project


def grown(folder: Path, name: str, copies: int = 1, metrics: int = 4) -> Path:
    """The four scenarios, each `copies` times under other names, with `metrics` metrics that each reads on entry."""
    project = _with_scenarios(folder / name, FOUR)
    (project / "policy.yaml").write_text(_POLICY, encoding="utf-8")
    figures = "".join(
        f"  figure_{number}: {{sum: event.total, of: order_completed, within: {30 + number}d}}\n"
        for number in range(metrics)
    )
    text = (project / "metrics.yaml").read_text(encoding="utf-8")
    (project / "metrics.yaml").write_text(text.replace("\nmetrics:\n", f"\nmetrics:\n{figures}", 1), encoding="utf-8")
    read = " + ".join(f"metric.figure_{number}" for number in range(metrics))
    for scenario in FOUR:
        text = (project / f"{scenario}.yaml").read_text(encoding="utf-8")
        # Replace an existing audience by this one, so that its cost is the same for all scenarios.
        text = re.sub(r"(?m)^audience: .*\n", "", text)
        text = re.sub(r"(?m)^states:", f"audience: {read} >= 0\nstates:", text, count=1)
        for copy in range(copies):
            named = re.sub(r"(?m)^scenario: .*$", f"scenario: {scenario}_{copy}", text)
            (project / f"{scenario}_{copy}.yaml").write_text(named, encoding="utf-8")
        (project / f"{scenario}.yaml").unlink()
    return project


def _with_scenarios(project: Path, names: Collection[str]) -> Path:
    shutil.copytree(shipped("scenarios"), project, ignore=shutil.ignore_patterns("data", "tests"))
    for path in project.rglob("*.yaml"):
        if "\nscenario: " in path.read_text(encoding="utf-8") and path.stem not in names:
            path.unlink()
    return project
