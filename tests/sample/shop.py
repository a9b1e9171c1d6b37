"""A small shop for tests of commands: some of the shipped scenarios, and the shipped log of some contacts."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

from scenario_cli.shipped import shipped

SCENARIOS = (
    "cart_abandonment", "lead_qualification", "loyalty_points", "nearby", "nurturing", "reactivation", "replenishment",
    "sunset", "welcome",
)  # fmt: skip
# The first contacts, and others whose messages are dropped (for every possible reason), become tasks or are held out.
CONTACTS = frozenset((
    *(f"c{number:04}" for number in range(1, 31)),
    "c0034", "c0038", "c0059", "c0078", "c0111", "c0151", "c0257", "c0305", "c0595", "c0688", "c0694", "c0738", "c0747",
    "c0751", "c0876",
))  # fmt: skip
_SHARED = ("project", "events", "metrics", "policy")


def small_shop(
    folder: Path, scenarios: Sequence[str] = SCENARIOS, belongs: Callable[[str], bool] = CONTACTS.__contains__
) -> Path:
    """The shipped project with only these scenarios, and with only these contacts' part of its log."""
    library = shipped("scenarios")
    left_out = {path.stem for path in library.glob("*.yaml")} - {*scenarios, *_SHARED}

    def elsewhere(place: str, names: list[str]) -> list[str]:
        return (
            ["data", "tests", *(name for name in names if Path(name).stem in left_out)]
            if Path(place) == library
            else []
        )

    shutil.copytree(library, folder, ignore=elsewhere)
    (folder / "data").mkdir()
    packed_part_of_the_log(folder / "data", belongs)
    return folder


def one_in(number: int) -> Callable[[str], bool]:
    """A test for whether a contact belongs to a part with about one contact in `number`."""
    return lambda contact: crc32(contact.encode()) % number == 0


def packed_part_of_the_log(folder: Path, belongs: Callable[[str], bool]) -> None:
    """Writes `part_of_the_log` under the file names of the shipped project."""
    events, contacts = part_of_the_log(folder, belongs)
    with gzip.open(f"{events}.gz", "wb") as log:
        log.write(events.read_bytes())
    events.unlink()
    assert contacts == folder / "contacts.csv"


def part_of_the_log(folder: Path, belongs: Callable[[str], bool]) -> tuple[Path, Path]:
    """Writes the events and contacts of a part of the contacts as `events.jsonl` and `contacts.csv` into a folder.

    Every part has the broadcasts, and the last event of the log, up to which time passes.
    """
    data = shipped("scenarios") / "data"
    head, *people = (data / "contacts.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    rows = _shipped_log()
    last = max(timestamp for _, _, timestamp in rows)
    lines = [line for line, contact, timestamp in rows if contact is None or belongs(contact) or timestamp == last]
    events, contacts = folder / "events.jsonl", folder / "contacts.csv"
    events.write_text("".join(lines), encoding="utf-8")
    contacts.write_text(
        "".join([head, *(line for line in people if belongs(line.partition(",")[0]))]), encoding="utf-8"
    )
    return events, contacts


@cache
def _shipped_log() -> list[tuple[str, str | None, str]]:
    """Each line of the shipped log, with its contact and timestamp."""
    with gzip.open(shipped("scenarios") / "data" / "events.jsonl.gz", "rt", encoding="utf-8") as log:
        return [(line, row["contact_id"], row["timestamp"]) for line in log for row in (json.loads(line),)]
