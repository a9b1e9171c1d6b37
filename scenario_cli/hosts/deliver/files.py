"""Writes messages to a file for another tool's importer: JSON lines, CSV or Parquet.

Every file is new, has a unique name, and appears whole or not at all. It is never written to again, so an importer can
read it as soon as it appears, and move it away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from scenario_cli.hosts.deliver.outcomes import Outgoing
from scenario_cli.hosts.plan_files import convert
from scenario_cli.whole_file import drafts_beside, put_new

MOST_ROWS = 10_000  # in one file


def file_of(path: Path, day: date, number: int) -> Path:
    """The file with a day and a number in its name.

    >>> file_of(Path("out/sms-{date}.csv"), date(2025, 3, 1), 17).name
    'sms-2025-03-01-17.csv'
    """
    dated = Path(str(path).replace("{date}", day.isoformat()))
    return dated.with_name(f"{dated.stem}-{number}{dated.suffix}")


def write(rows: Sequence[Outgoing], target: Path) -> None:
    """Writes the rows to a new file. Raises `OSError`, and then there is not a file."""
    with drafts_beside(target) as folder:
        lines = folder / "rows"
        lines.write_text("".join(f"{row.text}\n" for row in rows), encoding="utf-8")
        put_new(convert(lines, target.suffix), target)
