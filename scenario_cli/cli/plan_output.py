"""Writes a plan's rows, and the head next to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenario_cli.cli.console import Stop, cannot_write, check_writable
from scenario_cli.whole_file import drafts_beside

if TYPE_CHECKING:
    from scenario_cli.hosts.store.database import Store
    from scenario_cli.hosts.store.plan_rows import Selection
    from scenario_cli.model.export import ReadReport
    from scenario_cli.model.project import Project


def plan_target(option: str, target: Path | None) -> Path | None:
    """The file to write, once its ending and its folder are known to be good."""
    if target is None:
        return None
    from scenario_cli.hosts.plan_files import FORMATS
    from scenario_cli.model.diagnostic import did_you_mean

    if target.suffix not in FORMATS:
        raise Stop(f"{option} cannot write '{target.name}'", did_you_mean(target.suffix, FORMATS, "use one of"))
    if not target.parent.is_dir():
        raise Stop(f"{option}: folder '{target.parent}' does not exist", "create it first")
    check_writable(target)
    return target


@contextmanager
def lines_beside(target: Path) -> Iterator[Path]:
    """A file next to the target to collect rows in; the file and its derived files are deleted afterwards."""
    try:
        with drafts_beside(target) as folder:
            yield folder / "rows"
    except OSError as error:
        raise cannot_write(target, error) from None


def write_rows(store: Store, selection: Selection, target: Path) -> None:
    """Writes rows of a store's outbox, as a plan's file has them."""
    from scenario_cli.hosts.plan_files import finish
    from scenario_cli.hosts.store.plan_rows import plan_head, plan_lines

    with lines_beside(target) as lines:
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(plan_lines(store, selection))
        finish(lines, target, plan_head(store, selection))


def plan_head(
    project: Project, scenarios: Sequence[str], report: ReadReport, start: int | None, until: int
) -> dict[str, Any]:
    """The versions and digests that a plan depends on: two plans with the same ones should be the same."""
    from importlib.metadata import version

    from scenario_cli.reports.exports.log import moment

    return {
        "format_version": 1,
        "tool": version("scenario-cli"),
        "project": project.name,
        "project_digest": project.digest,
        "scenarios": {
            name: {"version": project.scenarios[name].version, "digest": project.scenarios[name].digest}
            for name in scenarios
        },
        "tables": {name: _sha256(table.file) for name, table in sorted(project.tables.items())},
        "time_zone_data": version("tzdata"),
        "locale_data": version("babel"),
        "from": moment(start, project.timezone),
        "until": moment(until, project.timezone),
        "log": [{"file": Path(file).name, "sha256": _sha256(file)} for file in report.files],
    }


def _sha256(file: str) -> str | None:
    # The archive's digest, for a file in an archive.
    existing = next((path for path in (Path(file), *Path(file).parents) if path.is_file()), None)
    if existing is None:  # standard input has gone by
        return None
    with existing.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
