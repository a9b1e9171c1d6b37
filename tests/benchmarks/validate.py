"""How long `scenario validate` takes over many scenarios, and how much memory: python -m tests.benchmarks.validate

The files are the shipped scenarios under other names, each with its own templates' names kept; every fiftieth has
an unknown phase, so that findings are part of the work. Promised: 100 files in a second, 1,000 in five, on two cores.

Before them come the shipped library itself and `scenario --help`, in seconds of processor, each beside what it cannot
do without: the library's files parsed by PyYAML's C parser and by Jinja, and a Python that does nothing.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from pathlib import Path

from scenario_cli.shipped import shipped
from tests.benchmarks.timing import cost, scenario

PROMISES = {100: 1.0, 1_000: 5.0}  # files, seconds
_FAULTY = 50

_NOTHING = "pass"
_PARSED = """
import sys
from pathlib import Path
import jinja2, yaml
for path in sorted(Path(sys.argv[1]).rglob("*.yaml")):
    yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
for path in sorted(path for path in Path(sys.argv[1]).glob("templates/**/*") if path.is_file()):
    body = path.read_text(encoding="utf-8").split("---\\n", 2)[-1]  # behind the front matter
    jinja2.Environment().parse(body)
"""


def many(folder: Path, count: int) -> Path:
    """A project with that many scenario files."""
    project = folder / f"project_{count}"
    shutil.copytree(shipped("scenarios"), project, ignore=shutil.ignore_patterns("data", "tests"))
    library = [path for path in sorted(project.glob("*.yaml")) if "\nscenario: " in path.read_text(encoding="utf-8")]
    texts = [path.read_text(encoding="utf-8") for path in library]
    for path in library:
        path.unlink()
    for number in range(count):
        name, text = library[number % len(library)].stem, texts[number % len(library)]
        text = re.sub(r"(?m)^scenario: .*$", f"scenario: {name}_{number}", text)
        if number % _FAULTY == _FAULTY - 1:
            text = re.sub(r"(?m)^phase: .*$", "phase: nowhere", text)
        (project / f"{name}_{number}.yaml").write_text(text, encoding="utf-8")
    return project


def compare(name: str, ours: list[str], least: list[str], rounds: int) -> None:
    """Prints the seconds of processor of two commands in turn, the best of each, and their ratio."""
    pairs = [(cost(ours).processor, cost(least).processor) for _ in range(rounds)]
    busy, needed = (min(seconds) for seconds in zip(*pairs, strict=True))
    print(f"{name}: {busy:.2f} s of processor, {busy / needed:.1f} times the {needed:.2f} s that it needs at least")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, action="append", help="how many scenario files; repeatable")
    parser.add_argument("--rounds", type=int, default=3, help="of which the best counts")
    options = parser.parse_args()
    library = str(shipped("scenarios"))
    compare("--help", scenario("--help"), ["-c", _NOTHING], options.rounds)
    compare("the library", scenario("validate", library), ["-c", _PARSED, library], options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        for count in options.files or PROMISES:
            project = many(Path(folder), count)
            command = scenario("validate", str(project), "--format", "concise", "-q")
            runs = [cost(command, fine=(0, 1)) for _ in range(options.rounds)]
            best, memory = min(runs, key=lambda run: run.seconds), max(run.peak for run in runs)
            promise = f", promised {PROMISES[count]:.0f} s" if count in PROMISES else ""
            spent = f"{best.seconds:.2f} s ({best.processor:.2f} s of processor)"
            print(f"{count:>6,} files: {spent}{promise}; peak {memory:.0f} MiB")


if __name__ == "__main__":
    main()
