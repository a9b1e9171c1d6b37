"""The key `run` of project.yaml: the values of a run and a delivery if the command line does not give them."""

from __future__ import annotations

import pytest

from scenario_cli.language.files import Memory
from scenario_cli.language.project import load_files
from scenario_cli.model.project import RunSettings
from scenario_cli.model.waits import HOUR, MINUTE

HEAD = "project: shop\ntimezone: Europe/Paris\n"


@pytest.mark.parametrize(
    ("written", "settings"),
    [
        ("", RunSettings(None, 0, HOUR)),
        ("run: {state: crm.db}\n", RunSettings("crm.db", 0, HOUR)),
        ("run: {lateness: 10min, stale: 2d}\n", RunSettings(None, 10 * MINUTE, 48 * HOUR)),
    ],
)
def test_omitted_settings_have_defaults(written: str, settings: RunSettings) -> None:
    loaded = load_files(Memory({"project.yaml": f"{HEAD}{written}".encode()}))
    assert loaded.project.run == settings
    assert [finding.code for finding in loaded.findings if finding.severity == "error"] == []


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("run: {lateness: 10 parsecs}\n", "'parsecs' in '10 parsecs' is not a unit of time"),
        ("run: {stale: 1mo}\n", "'1mo' counts months or years, which have no fixed length"),
    ],
)
def test_a_duration_that_is_none_is_a_finding_at_its_place(written: str, message: str) -> None:
    (finding,) = load_files(Memory({"project.yaml": f"{HEAD}{written}".encode()})).findings
    assert (finding.code, finding.message, finding.span.line) == ("TIME001", message, 3)
