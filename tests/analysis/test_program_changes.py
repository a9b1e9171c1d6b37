"""Changes of the calculation of a program's KPI."""

from __future__ import annotations

from scenario_cli.analysis.changes.renames import NO_RENAMES
from scenario_cli.analysis.changes.settings import settings_changes
from scenario_cli.model.project import Measure, Programme, Project
from scenario_cli.model.source import Name, Span
from scenario_cli.model.waits import Duration

SPAN = Span("project.yaml", 1, 1, 1, 1)


def project(days: int | None) -> Project:
    measure = Measure(Name("seen", SPAN), Name("bought", SPAN), SPAN, Duration(days=days)) if days else None
    sale = Programme("sale", SPAN, kpi="Buyers", measure=measure)
    return Project(name="shop", root="", timezone="UTC", digest="", programs={"sale": sale})


def test_a_changed_measure_has_a_sentence() -> None:
    (subject,) = settings_changes(project(7), project(14), NO_RENAMES)
    (change,) = subject.changes
    assert change.text == (
        "Its KPI is computed as `seen`, then `bought` within 14 days (was `seen`, then `bought` within 7 days)"
    )
    (added,) = settings_changes(project(None), project(7), NO_RENAMES)
    assert added.changes[0].text.endswith("(was nothing)")
