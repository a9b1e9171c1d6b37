"""`scenario diff --state`: the meaning of a change for journeys under way in a store."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from tests.cli.run.nights import Begun, Nights
from tests.output_schema import fitting


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    def begin(nights: Nights) -> None:
        nights.happened("monday.jsonl", ("ada", "2025-03-03T10:00:00+01:00", "signed_up", {}))
        nights.night("2025-03-04")
        shutil.copytree(nights.root, nights.root.with_name("before"))

    return Begun(tmp_path_factory.mktemp("changing"), begin)


@pytest.fixture
def changing(begun: Begun, capsys: pytest.CaptureFixture[str]) -> Nights:
    """Ada waits in `hello`; a copy of the earlier project is in the folder."""
    return begun.again(capsys)


def compared(nights: Nights, *more: str) -> tuple[int, str]:
    nights.capsys.readouterr()
    before = nights.root.with_name("before")
    code = run(["diff", str(before), str(nights.root), "--state", str(nights.store), *more])
    return code, nights.capsys.readouterr().out


def lines(nights: Nights) -> list[dict[str, Any]]:
    code, out = compared(nights, "--format", "json")
    assert code == 0
    return list(fitting("diff", out)["under_way"])


def test_journeys_for_which_nothing_changes_are_left_out(changing: Nights) -> None:
    changing.edit("welcome.yaml", "scenario: welcome", "# as ever\nscenario: welcome")
    assert lines(changing) == []
    assert "Nothing changes for the running journeys." in compared(changing)[1]


def test_journeys_of_a_changed_scenario_are_pinned_or_move(changing: Nights) -> None:
    changing.edit("welcome.yaml", "{2d: reminder}", "{3d: reminder}")
    assert [(line["state"], line["journeys"], line["fate"]) for line in lines(changing)] == [("hello", 1, "pinned")]
    changing.edit("welcome.yaml", "status: live", "status: live\nin_flight: follow")
    assert [(line["fate"], line["to"]) for line in lines(changing)] == [("moves", "hello")]


@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
def test_stranded_journeys_are_shown_in_every_format(changing: Nights, format_: str) -> None:
    changing.edit("welcome.yaml", "status: live", "status: live\nin_flight: follow")
    changing.edit("welcome.yaml", "  hello: {", "  greeting: {")
    code, out = compared(changing, "--format", format_)
    assert code == 0
    assert "Running journeys" in out
    assert "have no state to continue in" in out


def test_a_limit_on_stranded_journeys_needs_a_store(changing: Nights, tmp_path: Path) -> None:
    changing.edit("welcome.yaml", "status: live", "status: live\nin_flight: follow")
    changing.edit("welcome.yaml", "  hello: {", "  greeting: {")
    assert compared(changing, "--fail-on", "stranded > 0")[0] == 1
    assert compared(changing, "--fail-on", "stranded > 1")[0] == 0
    before = changing.root.with_name("before")
    assert run(["diff", str(before), str(changing.root), "--fail-on", "stranded > 0"]) == 2
    assert "name the store with --state" in changing.capsys.readouterr().err


def test_a_comparison_leaves_the_store_as_it_was(changing: Nights) -> None:
    before = changing.store.read_bytes()
    changing.edit("welcome.yaml", "{2d: reminder}", "{3d: reminder}")
    compared(changing)
    assert changing.store.read_bytes() == before
