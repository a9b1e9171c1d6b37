"""Triggers and waits in plain words, from YAML as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenario_cli.analysis.labels import metric_label, trigger_label
from scenario_cli.analysis.picture import picture
from scenario_cli.language.project import load_project
from scenario_cli.model.scenario import Scenario
from tests.rows import rows

PLAN = """\
profile: {birthday: date, renewal: date, tier: string, policies: array, best_hour: integer}
events:
  signed_up: {properties: {at: datetime, days: string}}
  imported: {}
"""


def scenario(folder: Path, text: str) -> Scenario:
    (folder / "project.yaml").write_text(
        "project: shop\ntimezone: Europe/Paris\nchannels: {push: {address: contact.tier}}\n"
    )
    (folder / "events.yaml").write_text(PLAN)
    (folder / "metrics.yaml").write_text("segments: {vip: contact.tier == 'gold'}\n")
    (folder / "other.yaml").write_text("scenario: other\ntrigger: {event: signed_up}\nstates: {a: {end: done}}\n")
    (folder / "one.yaml").write_text(f"scenario: one\n{text}")
    loaded = load_project(folder, errors_only=True)
    assert not [finding for finding in loaded.findings if finding.severity == "error"]
    return loaded.project.scenarios["one"]


@rows(
    ("trigger", "expected"),
    [
        ("{event: signed_up, where: event.days == '3'}", "signed_up if event.days == '3'"),
        ("{absence: imported, for: 3d, since: signed_up}", "no imported for 3d after signed_up"),
        ("{absence: signed_up, for: 2w}", "no signed_up for 2w"),
        ("{schedule: at 09:00 on mon}", "every time: at 09:00 on mon"),
        ("{at: 2025-11-28 08:00}", "at 2025-11-28 08:00"),
        ("{schedule: at 09:00 on mon, timezone: project}", "every time: at 09:00 on mon, on the project's clock"),
        ("{date: contact.birthday, at: 09:00, every: year}", "contact.birthday at 09:00, every year"),
        ("{date: contact.renewal, offset: -30d, every: once}", "30d before contact.renewal"),
        ("{date: contact.renewal, offset: 1mo, every: once}", "1mo after contact.renewal"),
        ("{segment: vip}", "enters segment vip"),
        ("{segment: vip, change: left}", "leaves segment vip"),
        ("{attribute: tier, where: event.after == 'gold'}", "tier changes if event.after == 'gold'"),
        ("{scenario: other, outcome: [done]}", "other ends with done"),
        ("{scenario: other}", "other ends"),
        ("{schedule: at 09:00, each: contact.policies}", "every time: at 09:00, for each of contact.policies"),
    ],
)
def test_a_trigger_reads_as_a_sentence_part(trigger: str, expected: str, tmp_path: Path) -> None:
    scenario_ = scenario(tmp_path, f"trigger: {trigger}\nstates: {{a: {{end: over}}}}\n")
    assert trigger_label(scenario_.triggers[0]) == expected


def test_a_transition_that_sends_and_stays_is_a_line_of_its_state(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/again.push.j2").write_text("---\ntitle: Again\n---\nAgain\n")
    scenario_ = scenario(
        tmp_path,
        "trigger: {event: signed_up}\nstates:\n  a:\n"
        "    on: {imported: {set: {n: 1}, send: {first_of: [{push: again}]}}}\n    after: {1d: {end: over}}\n",
    )
    (state,) = (node for node in picture(scenario_).nodes if node.title == "a")
    assert state.lines == ("on imported: keeps n, sends first of: push again",)


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("{b: 1, c: 3}", ["25%", "75%"]),
        ("{b: 12.5%, c: rest}", ["12.5%", "87.5%"]),
        (
            "{b: {from 2025-03-01: 5%, from 2025-03-15: 50%}, c: rest}",
            ["5% from 2025-03-01, 50% from 2025-03-15", "100%, 95% from 2025-03-01, 50% from 2025-03-15"],
        ),
    ],
)
def test_an_arm_of_a_split_reads_as_its_share(split: str, expected: list[str], tmp_path: Path) -> None:
    states = f"a: {{split: {split}}}, b: {{end: over}}, c: {{end: over}}"
    scenario_ = scenario(tmp_path, f"trigger: {{event: signed_up}}\nstates: {{{states}}}\n")
    assert [arrow.label for arrow in picture(scenario_).arrows if arrow.source == "a"] == expected


@rows(
    ("wait", "expected"),
    [
        ("{wait: 1h, to: b}", ["after 1h"]),
        ("{wait: P1M at 10:00, to: b}", ["after P1M at 10:00"]),
        (
            "{wait: at 18:00 on weekdays, if: contact.tier == 'x', to: b}",
            ["at 18:00 on weekdays if contact.tier == 'x'"],
        ),
        ("{wait: cron 0 9 * * 1, to: b}", ["cron 0 9 * * 1"]),
        (
            "{wait: 1d before date trigger.at, if_past: b, if_missing: now, to: b}",
            ["1d before date trigger.at", "1d before date trigger.at, where that is past"],
        ),
        (
            "{for: trigger.days, if_past: never, if_missing: {end: odd}, to: b}",
            ["for trigger.days", "for trigger.days, where that is missing"],
        ),
    ],
)
def test_a_wait_reads_as_it_is_written(wait: str, expected: list[str], tmp_path: Path) -> None:
    scenario_ = scenario(
        tmp_path, f"trigger: {{event: signed_up}}\nstates:\n  a: {{after: [{wait}]}}\n  b: {{end: over}}\n"
    )
    assert [arrow.label for arrow in picture(scenario_).arrows if arrow.source == "a"] == expected


@rows(
    ("metric", "expected"),
    [
        ("{count: signed_up, within: 30d}", "count of signed_up, within 30 days"),
        ("{value: metric.other * 2}", "metric.other * 2"),
        ("{bins: metric.other, at: [1, 2.5], labels: [low, mid, top]}",
         "low up to 1, mid up to 2.5, top above, of metric.other"),
    ],
)  # fmt: skip
def test_a_metric_reads_as_what_it_is(metric: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text("project: shop\ntimezone: Europe/Paris\n")
    (tmp_path / "events.yaml").write_text(PLAN)
    (tmp_path / "metrics.yaml").write_text(f"metrics:\n  other: {{count: imported}}\n  one: {metric}\n")
    assert metric_label(load_project(tmp_path).project.metrics["one"]) == expected
