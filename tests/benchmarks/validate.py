"""Time and memory of `scenario validate` over many scenarios: python -m tests.benchmarks.validate

The files are the shipped scenarios under other names, with unchanged template names; every fiftieth has an unknown
phase, so that findings are part of the work.

The shipped library itself and `scenario --help` come first, in seconds of processor time, each compared with its least
work: parsing the library's files with PyYAML's C parser and Jinja, and a Python that does nothing. The cache of texts
lies in a folder of its own: the first run begins without it, and later runs use it.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from pathlib import Path

from scenario_cli.shipped import shipped
from tests.benchmarks.timing import cost, scenario

_COUNTS = (100, 1_000)  # files
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
    """A project with `count` scenario files."""
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


def compare(name: str, ours: list[str], least: list[str], rounds: int, memory: str = "off") -> None:
    """Runs two commands in turn; prints the lowest processor time of each, in seconds, and their ratio."""
    environment = {"SCENARIO_CACHE": memory}
    pairs = [(cost(ours, environment=environment).processor, cost(least).processor) for _ in range(rounds)]
    busy, needed = (min(seconds) for seconds in zip(*pairs, strict=True))
    print(f"{name}: {busy:.2f} s of processor, {busy / needed:.1f} times the {needed:.2f} s that it needs at least")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, action="append", help="how many scenario files; repeatable")
    parser.add_argument("--rounds", type=int, default=3, help="of which the best counts")
    options = parser.parse_args()
    library = str(shipped("scenarios"))
    compare("--help", scenario("--help"), ["-c", _NOTHING], options.rounds)
    validate, least = scenario("validate", library), ["-c", _PARSED, library]
    compare("the library, nothing remembered", validate, least, options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        memory = str(Path(folder) / "memory")
        cost(validate, environment={"SCENARIO_CACHE": memory})
        compare("the library, remembered", validate, least, options.rounds, memory)
        for count in options.files or _COUNTS:
            project = many(Path(folder), count)
            command = scenario("validate", str(project), "--format", "concise", "-q")
            for name, setting in (("nothing remembered", "off"), ("to remember", memory), ("remembered", memory)):
                rounds = 1 if name == "to remember" else options.rounds
                environment = {"SCENARIO_CACHE": setting}
                runs = [cost(command, fine=(0, 1), environment=environment) for _ in range(rounds)]
                best, peak = min(runs, key=lambda run: run.processor), max(run.peak for run in runs)
                print(f"{count:>6,} files, {name}: {best.processor:.2f} s of processor; peak {peak:.0f} MiB")


if __name__ == "__main__":
    main()
