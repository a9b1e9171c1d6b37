"""The cost of `scenario docs` for many scenarios, beside `validate`: python -m tests.benchmarks.site [COUNT]

The scenarios are the shipped ones with their messages in two languages, and copies under other names; tests are left
out.
"""

from __future__ import annotations

import re
import sys
import tempfile
from itertools import cycle
from pathlib import Path

from tests.benchmarks.projects import library
from tests.benchmarks.timing import cost, scenario


def many(folder: Path, count: int) -> Path:
    """A project without errors with `count` scenarios."""
    project = library(folder)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(project.glob("*.yaml"))}
    shipped = {name: text for name, text in texts.items() if "\nscenario: " in text}
    for number, (name, text) in enumerate(cycle(shipped.items()), len(shipped)):
        if number >= count:
            return project
        copy = re.sub(r"(?m)^scenario: .*$", f"scenario: {name}_{number}", text)
        (project / f"{name}_{number}.yaml").write_text(copy, encoding="utf-8")
    return project


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="site-") as folder:
        project, site = many(Path(folder), count), Path(folder) / "site"
        environment = {"SCENARIO_CACHE": "off"}
        read = cost(scenario("validate", str(project), "-q"), environment=environment).processor
        written = cost(scenario("docs", str(project), "--out", str(site), "-q"), environment=environment).processor
        pages = list(site.rglob("*.html"))
        size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
        print(f"{count:,} scenarios: {len(pages):,} pages, {size / 1e6:,.0f} MB")
        print(f"  docs      {written:6.1f} s of processor, {written / read:.1f} times validate")
        print(f"  validate  {read:6.1f} s of processor")


if __name__ == "__main__":
    main(int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 200)
