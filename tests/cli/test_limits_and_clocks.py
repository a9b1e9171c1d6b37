"""Limits of running journeys, clocks of scenarios and last times of messages, in every picture and report.

UPDATE_CASES=1 pytest tests/cli/test_limits_and_clocks.py writes the golden files anew; read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from tests.reports.why.stage import make, sentences, why

HERE = Path(__file__).parent
PROJECT = HERE / "limits"


@pytest.mark.parametrize(
    ("golden", "arguments"),
    [
        ("graph.out", ["graph", "offers"]),
        ("graph.mmd", ["graph", "offers", "--format", "mermaid"]),
        ("graph.dot", ["graph", "offers", "--format", "dot"]),
        ("map.out", ["map"]),
        ("brief.out", ["brief", "offers"]),
    ],
)
def test_the_text_is_that_of_the_golden_file(
    golden: str, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert run([*arguments, "--project", str(PROJECT), "-q"]) == 0
    path, now = HERE / "limits_shown" / golden, capsys.readouterr().out
    if os.environ.get("UPDATE_CASES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


def test_svg_has_the_same_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "offers", "--project", str(PROJECT), "-q", "--format", "svg"]) == 0
    drawn = " ".join(capsys.readouterr().out.replace("&#160;", " ").split())
    for words in ("at most 3 at once", "waits up to 7d", "not after", "lets others of its key in", "clock"):
        assert words in drawn, words


SCENARIO = """
scenario: cart
timezone: project
trigger: {event: started}
key: event.id
states:
  open: {after: {1h at 10:00: late}}
  late: {frees_key: true, after: {1d: last}}
  last: {frees_key: true, end: over}
"""


def test_a_story_names_another_clock_and_where_the_key_is_free(tmp_path: Path) -> None:
    contacts = "contact_id,email,email_optin,timezone\nana,ana@example.com,true,America/New_York\n"
    log = (("ana", "2025-03-03 08:00", "started", {"id": "k1"}), ("bo", "2025-03-09 08:00", "stopped"))
    lines = sentences(why(make(tmp_path, SCENARIO, log=log, contacts=contacts), "ana"))
    assert lines[1:] == [
        "enters; its times are in Europe/Paris",
        "starts in open",
        "moves to late, after 1h at 10:00; from here on the same key can enter again",
        "moves to last, after 1d",
        "ends: over",
    ]


def test_a_story_on_the_same_clock_does_not_mention_it(tmp_path: Path) -> None:
    contacts = "contact_id,email,email_optin,timezone\nana,ana@example.com,true,Europe/Paris\n"
    log = (("ana", "2025-03-03 08:00", "started", {"id": "k1"}), ("bo", "2025-03-09 08:00", "stopped"))
    assert "enters" in sentences(why(make(tmp_path, SCENARIO, log=log, contacts=contacts), "ana"))
