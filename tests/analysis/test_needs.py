"""The events of a log that a run needs: those that a scenario names, or all if any event matters."""

from __future__ import annotations

import pytest

from scenario_cli.analysis.needs import wanted_events
from tests.engine.worlds import load
from tests.rows import rows

ALL = {"started", "changed", "clicked", "bought", "stopped", "noted", "profile_updated"}
METRICS = """
metrics:
  ever: {count: bought}
  lately: {count: bought, within: 30d}
  last: {last: event.timestamp, of: bought}
  age: {value: days_since(metric.last)}
segments:
  buyer: metric.ever > 0
  active: metric.lately > 0
  old: metric.age > 30
"""


def needed_events(trigger: str, when: str = "contact.points > 3") -> set[str]:
    scenario = f"""
scenario: s
trigger: {trigger}
states:
  in:
    when: {{"{when}": out}}
    after: {{1d: {{end: over}}}}
  out: {{end: out}}
"""
    project = load(scenario, metrics=METRICS).project
    return set(wanted_events(project, project.scenarios.values()))


def test_only_what_a_scenario_names_is_read() -> None:
    assert needed_events("{event: started}") == {"started", "profile_updated"}
    assert needed_events("{absence: bought, for: 3d, since: started}") == {"started", "bought", "profile_updated"}


@rows(
    ("when", "everything"),
    [
        ("metric.ever > 0", False),
        ("segment.buyer", False),
        ("count('bought', since=journey.entered_at) > 0", False),
        ("metric.lately > 0", True),
        ("segment.active", True),
        ("segment.old", True),
        ("metric.age > 3", True),
        ("count('bought', within='3d') > 0", True),
        ("now.hour > 3", True),
    ],
)
def test_a_when_that_time_can_make_true_wants_every_event(when: str, everything: bool) -> None:
    assert needed_events("{event: started}", when) == (ALL if everything else {"started", "bought", "profile_updated"})


@pytest.mark.parametrize(
    "trigger", ["{schedule: at 09:00}", "{at: 2025-11-28 08:00}", "{date: contact.birthday}", "{segment: old}"]
)
def test_a_trigger_that_begins_when_a_contact_is_known_wants_every_event(trigger: str) -> None:
    assert needed_events(trigger) == ALL
