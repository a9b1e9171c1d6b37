"""The cost of a replay after one quantity alone is doubled: contacts, events a contact, scenarios, metrics, days.

Everything is measured with one process, minus the cost of a replay of an empty log. A doubled quantity should at most
double the cost.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.benchmarks import projects
from tests.benchmarks.timing import cost, scenario

_LINEAR = 2.15  # the highest ratio that counts as linear: measurements are exact to some hundredths


@dataclass(frozen=True, slots=True)
class Size:
    """The quantities. The number of scenarios is four times `copies`."""

    contacts: int
    events: int = 50
    copies: int = 1
    metrics: int = 4
    days: int = 365


def _doubled(base: Size) -> Iterator[tuple[str, str, Size]]:
    for field, label in _LABELS.items():
        before = getattr(base, field)
        factor = 4 if field == "copies" else 1
        yield label, f"{before * factor:,} to {2 * before * factor:,}", replace(base, **{field: 2 * before})


_LABELS = {
    "contacts": "contacts",
    "events": "events a contact",
    "copies": "scenarios",
    "metrics": "metrics",
    "days": "days",
}


def measure(contacts: int, logs: Path, packages: Mapping[str, Path]) -> None:
    base = Size(contacts)
    for name, package in packages.items():
        start, _ = _in_turn(replace(base, contacts=1, events=1), replace(base, contacts=1, events=1), logs, package)
        print(f"\n{name}: {start:.2f} s of processor time for an empty log, which the ratio leaves out")
        print(f"{'doubled alone':<18} {'from':>18} {'before':>10} {'after':>10} {'ratio':>7}")
        for label, change, size in _doubled(base):
            before, after = _in_turn(base, size, logs, package)
            ratio = (after - start) / (before - start)
            verdict = "linear or better" if ratio <= _LINEAR else "worse than linear"
            print(f"{label:<18} {change:>18} {before:>8.2f} s {after:>8.2f} s {ratio:>7.2f}  {verdict}", flush=True)


def _in_turn(first: Size, second: Size, logs: Path, package: Path) -> tuple[float, float]:
    """Seconds of processor time of two sizes, run in turn for the same load of the machine; the lower of two runs."""
    runs = [(_processor(first, logs, package), _processor(second, logs, package)) for _ in range(2)]
    return min(run[0] for run in runs), min(run[1] for run in runs)


def _processor(size: Size, logs: Path, package: Path) -> float:
    folder = logs / f"{size.contacts}-{size.events}-{size.days}"
    if not folder.exists():
        # In a process of its own, like everything that is measured.
        folder.mkdir()
        arguments = (str(number) for number in (size.contacts * size.events, folder, size.contacts, size.days))
        cost(["-m", "tests.benchmarks.logs", *arguments])
    with tempfile.TemporaryDirectory() as temporary:
        project = projects.grown(Path(temporary), "grown", size.copies, size.metrics)
        command = scenario(
            "dry-run", "--project", str(project), "--events", str(folder / "events.parquet"),
            "--contacts", str(folder / "contacts.parquet"), "-q", "--workers", "1",
            "--output", str(Path(temporary) / "result.txt"),
        )  # fmt: skip
        return cost(command, package, environment={"TMPDIR": temporary}).processor
