"""The cost of `scenario diff` over a log relative to a dry run of it, for changes that affect many contacts and few.

The scenarios, their policy and the log are those of `four_scenarios`. `wait of few` is a wait that few journeys reach,
`wait of many` the wait in which most begin, `policy` a cap that can drop or hold any message, `text` only words of a
template, and `text with a value` a template that then reads another value.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks import projects
from tests.benchmarks.timing import Cost, cost, scenario

# A file, a text in it, and the text after the change.
_CHANGES: Mapping[str, tuple[str, str, str]] = {
    "wait of few": ("cart_abandonment.yaml", "2d: {end: no_response}", "3d: {end: no_response}"),
    "wait of many": ("cart_abandonment.yaml", "1h: reminder", "2h: reminder"),
    "policy": ("policy.yaml", "{max: 2, per: day}", "{max: 1, per: day}"),
    "text": ("templates/cart/reminder.email.j2", "We kept your basket{%", "We kept your basket for you{%"),
    "text with a value": ("templates/cart/reminder.email.j2", "It happens to us too.", "It is {{ cart.total }}."),
}


def measure(events: int, logs: Path, packages: Mapping[str, Path]) -> None:
    log, contacts = logs / "events.parquet", logs / "contacts.parquet"
    if not contacts.exists():
        cost(["-m", "tests.benchmarks.logs", str(events), str(logs)])
    print(f"\n{events:,} events{'':>26} {'processor':>10} {'time':>10} {'MiB':>6} {'x dry run':>10}")
    options = ("--events", str(log), "--contacts", str(contacts), "-q")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        old = projects.four(folder)
        for name, package in packages.items():
            alone = cost(scenario("dry-run", "--project", str(old), *options), package)
            _row(f"dry run, {name}", alone, alone)
            for change in _CHANGES:
                new = _changed(old, folder / "new", *_CHANGES[change])
                spent = cost(scenario("diff", str(old), str(new), *options), package)
                _row(f"{change}, {name}", spent, alone)


def _changed(old: Path, new: Path, file: str, line: str, other: str) -> Path:
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(old, new)
    text = (new / file).read_text(encoding="utf-8")
    if line not in text:
        raise SystemExit(f"{file} has no '{line}' any more")
    (new / file).write_text(text.replace(line, other, 1) if line else text + other, encoding="utf-8")
    return new


def _row(label: str, spent: Cost, alone: Cost) -> None:
    print(
        f"{label:<40} {spent.processor:>8.2f} s {spent.seconds:>8.2f} s {spent.peak:>6,.0f}"
        f" {spent.processor / alone.processor:>10.2f}",
        flush=True,
    )
