"""Edits of scenarios between an interrupted run and the run that finishes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.hosts.store.database import opened
from scenario_cli.hosts.store.writing import write_part
from tests.proofs.runs import in_small_parts, run_once
from tests.proofs.shop import Drop, make_project

PEOPLE = 6


class Gone(BaseException):
    """The end of the process."""


class CutOff:
    """The shop after an interrupted night (0 or 1), with some contacts done; `drop` is the folder of its files."""

    def __init__(self, folder: Path, drop: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.project, self.drop = folder, folder / "shop", drop
        in_small_parts(patch)

    def begin(self, night: int, patch: pytest.MonkeyPatch) -> None:
        """Runs up to the night, which is cut off."""
        make_project(self.project)
        for before in range(night):
            assert not self.run(before)
        written: list[str] = []

        def write_one_part(*part: Any) -> None:
            if written:
                raise Gone
            write_part(*part)
            written.append("part")

        with patch.context() as cut, pytest.raises(Gone):
            cut.setattr("scenario_cli.hosts.store.carrying_out.write_part", write_one_part)
            self.run(night)

    def run(self, night: int, *more: str, until: str | None = None) -> str:
        """Runs with the files of a night; returns the message of a run that stops."""
        drop = Drop(self.drop, PEOPLE).until(night)
        store = self.folder / "store.db"
        code, output = run_once(self.project, store, until or Drop.NIGHTS[night], *drop.options, *more)
        assert (code, not output) in ((0, True), (2, False))
        return output

    def edit(self, name: str, old: str, new: str) -> None:
        """Changes a text in a file of the project."""
        path = self.project / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def sent(self, template: str) -> dict[str, str]:
        """The instants of the messages with a template, by contact; dropped messages included."""
        with opened(self.folder / "store.db", read_only=True) as store:
            rows = [json.loads(row) for (row,) in store.execute("SELECT row FROM outbox ORDER BY id")]
        return {row["contact_id"]: row["send_at_local"][:16] for row in rows if row["template"] == template}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `0` and `1`, each with what an interrupted night leaves, and `in`, for the files of nights."""
    folder = tmp_path_factory.mktemp("begun")
    for night in range(2):
        with pytest.MonkeyPatch.context() as patch:
            CutOff(folder / str(night), folder / "in", patch).begin(night, patch)
    return folder


def interrupted_night(begun: Path, night: int, folder: Path, patch: pytest.MonkeyPatch) -> CutOff:
    """A copy of an interrupted night, to edit and to run."""
    shutil.copytree(begun / str(night), folder / "copy")
    return CutOff(folder / "copy", begun / "in", patch)


@pytest.fixture
def first_night(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CutOff:
    return interrupted_night(begun, 0, tmp_path, monkeypatch)


@pytest.fixture
def second_night(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CutOff:
    return interrupted_night(begun, 1, tmp_path, monkeypatch)


def test_those_who_were_done_go_on_under_the_definition_of_before(first_night: CutOff) -> None:
    first_night.edit("news.yaml", "after: {1d: again}", "after: {2d: again}")
    for night in range(3):
        assert not first_night.run(night)
    assert first_night.sent("news/again") == {
        "p001": "2025-03-04T10:00",
        "p002": "2025-03-05T10:00",
        "p003": "2025-03-05T10:00",
        "p004": "2025-03-05T10:00",
    }


@pytest.mark.parametrize("night", [0, 1])
def test_those_who_were_done_are_looked_at_for_what_is_new(
    begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, night: int
) -> None:
    cut_off = interrupted_night(begun, night, tmp_path, monkeypatch)
    letter = (cut_off.project / "weekly.yaml").read_text(encoding="utf-8")
    (cut_off.project / "daily.yaml").write_text(
        letter.replace("weekly", "daily").replace("on mon", "on fri").replace("daily/letter", "weekly/letter"),
        encoding="utf-8",
    )
    assert not cut_off.run(night)
    assert not cut_off.run(night, until="2025-03-08")
    with opened(cut_off.folder / "store.db", read_only=True) as store:
        people = [person for (person,) in store.execute("SELECT contact FROM outbox WHERE row LIKE '%\"daily\"%'")]
        contacts = [person for (person,) in store.execute("SELECT contact FROM contacts")]
    assert sorted(people) == sorted(contacts)


def test_a_new_metric_stops_the_run_that_finishes(
    second_night: CutOff,
) -> None:
    second_night.edit("metrics.yaml", "metrics:\n", "metrics:\n  orders: {count: ordered}\n")
    second_night.edit("weekly.yaml", "trigger:", "audience: metric.orders > 0\ntrigger:")
    output = second_night.run(1)
    assert "metric.orders" in output and "run once with the old definitions" in output
    second_night.edit("weekly.yaml", "audience: metric.orders > 0\ntrigger:", "trigger:")
    assert not second_night.run(1)


def test_a_new_metric_that_may_begin_empty_may_be_fed_later(first_night: CutOff) -> None:
    first_night.edit("metrics.yaml", "metrics:\n", "metrics:\n  orders: {count: ordered}\n")
    first_night.edit("weekly.yaml", "trigger:", "audience: metric.orders > 0\ntrigger:")
    assert not first_night.run(0)  # the finished contacts have not been fed
    assert "metric.orders" in first_night.run(1)
    assert not first_night.run(1, "--from-now")
    assert not first_night.run(2)
