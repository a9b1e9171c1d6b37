"""The speed of replays, with baselines over the same logs in the same run: `python -m tests.benchmarks.replay`.

- `four [EVENTS ...]`: four shipped scenarios over a log of a shop, see `four_scenarios`;
- `library [CONTACTS ...]`: the whole shipped library over an enlarged log of the sample, see `whole_library`;
- `changes [EVENTS ...]`: the cost of `diff` over a log relative to a dry run of it, see `changes`;
- `growth`: the cost when contacts, events, scenarios, metrics or days alone are doubled, see `growth`;
- `spark [EVENTS ...]`: the four scenarios with Spark and without, see `on_spark`.

`--compiled FOLDER` also runs the compiled package in a folder: `make fast`, then
`pip install --no-deps --target FOLDER dist/*.whl`. `--logs FOLDER` keeps the logs for the next run.

Processor time is the sum of all processes; MiB are those of the largest process.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

from tests.benchmarks import changes, four_scenarios, growth, on_spark, whole_library
from tests.benchmarks.timing import ROOT, number

# The cases with their default sizes.
_CASES: Mapping[str, tuple[Callable[[int, Path, Mapping[str, Path]], None], tuple[int, ...]]] = {
    "four": (four_scenarios.measure, (100_000, 1_000_000)),
    "library": (whole_library.measure, (1_000, 10_000)),
    "changes": (changes.measure, (1_000_000,)),
    "growth": (growth.measure, (8_000,)),
    "spark": (on_spark.measure, (1_000_000,)),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        prog="python -m tests.benchmarks.replay",
    )
    parser.add_argument("case", choices=_CASES)
    parser.add_argument("sizes", nargs="*", type=number, help="events; contacts for library and growth")
    parser.add_argument("--compiled", type=Path, metavar="FOLDER", help="where the compiled package stands")
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="where the logs are kept")
    options = parser.parse_args()
    packages = {"plain": ROOT} | ({"compiled": options.compiled.resolve()} if options.compiled else {})
    measure, usual = _CASES[options.case]
    with nullcontext(options.logs) if options.logs else tempfile.TemporaryDirectory() as folder:
        for size in options.sizes or usual:
            logs = Path(folder).resolve() / f"{options.case}-{size}"
            logs.mkdir(parents=True, exist_ok=True)
            measure(size, logs, packages)


if __name__ == "__main__":
    main()
