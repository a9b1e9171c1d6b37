"""An export staged for scenarios, without a command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.events.errors import ExportError
from scenario_cli.hosts.exports import staged_log
from scenario_cli.language.project import load_model
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.project import Project

FILES = {
    "project.yaml": "project: shop\ntimezone: Europe/Paris\n",
    "events.yaml": """
profile:
  points: integer
  city: string
events:
  bought: {description: an order, properties: {total: number, note: string}}
  rewarded: {description: a reward, properties: {points: integer}}
""",
    "points.yaml": """
scenario: points
status: live
trigger: {event: bought, where: event.total > 10}
states:
  scored:
    update: {points: =contact.points + 1}
    emit: {event: rewarded, properties: {points: 1}}
    end: scored
""",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return load_model(tmp_path).project


def test_expected_gaps_are_not_in_the_report(project: Project, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("contact_id,event,timestamp,total,note\na,bought,2025-03-03T10:00:00Z,,\n", encoding="utf-8")
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("contact_id,points,city\na,,\n", encoding="utf-8")
    options = ExportOptions((str(log),), contacts=(str(contacts),), timezone="Europe/Paris")
    with staged_log(project, ["points"], options) as staged:
        assert [contact.contact_id for contact in staged.stream()] == ["a"]
        # The scenario itself emits the event and sets the attribute, and nothing reads the note and the city.
        assert staged.report.absent == ()
        assert [gap.property for gap in staged.report.unfilled] == ["total"]
        assert staged.report.contacts_table is not None
        assert staged.report.contacts_table.unfilled == ()


def test_an_export_that_cannot_be_read_is_an_export_error(project: Project, tmp_path: Path) -> None:
    options = ExportOptions((str(tmp_path / "nowhere.csv"),), timezone="UTC")
    with pytest.raises(ExportError, match=r"nowhere\.csv"), staged_log(project, ["points"], options):
        pass
