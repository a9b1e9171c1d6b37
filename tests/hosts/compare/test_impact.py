"""Both sides of a change over one log: each difference is counted once, for the contacts that it affects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from scenario_cli.events.staged import StagedLog
from scenario_cli.hosts.compare import replaying
from scenario_cli.hosts.compare.contact import contact_of
from scenario_cli.hosts.compare.impact import impact_of, touched_by
from scenario_cli.hosts.exports import staged_log
from scenario_cli.hosts.replay import Replay, replay
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.impact import Impact, Sides, UpdateImpact
from scenario_cli.model.policy import Cap, Policy
from scenario_cli.model.project import Project
from scenario_cli.model.waits import HOUR
from tests.engine.worlds import load, unfit

LOG = (
    ("ana", "started", "2025-03-03T10:00:00Z"),
    ("ana", "bought", "2025-03-03T11:30:00Z"),
    ("bea", "started", "2025-03-04T10:00:00Z"),
    ("cem", "changed", "2025-03-04T12:00:00Z"),
    ("dan", "stopped", "2025-03-09T12:00:00Z"),
)
WELCOME = """
scenario: welcome
trigger: {event: started}
on: {bought: {end: bought}}
states:
  new: {after: {1h: hello}}
  hello: {send: {email: m/a}, after: {1d: more}}
  more: {send: {push: m/b}, end: done}
"""
CHANGED = """
scenario: other
trigger: {event: changed}
states: {one: {send: {sms: m/c}, end: done}}
"""


@cache
def project(*scenarios: str) -> Project:
    loaded = load(*scenarios)
    assert unfit(loaded) == []
    return loaded.project


@contextmanager
def staged(before: Project, after: Project, folder: Path, contact: str | None = None) -> Iterator[StagedLog]:
    rows = [{"contact_id": person, "event": event, "timestamp": at} for person, event, at in LOG]
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    people = "".join(
        f"{person},{person}@example.com,true,t-{person},true,+336,true\n" for person in ("ana", "bea", "cem", "dan")
    )
    head = "contact_id,email,email_optin,push_token,push_optin,phone,sms_optin\n"
    (folder / "people.csv").write_text(head + people, encoding="utf-8")
    options = ExportOptions((str(folder / "log.jsonl"),), (str(folder / "people.csv"),), timezone="UTC")
    names = replaying.running(after)
    with staged_log(after, names, options, contact=contact, beside=before) as log:
        yield log


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StagedLog]:
    """The log with all data that any side in these tests reads."""
    everything = project(WELCOME, CHANGED, RATED)
    with staged(everything, everything, tmp_path_factory.mktemp("log")) as staged_export:
        yield staged_export


def impact(before: Project, after: Project, log: StagedLog, renamed: Mapping[str, str] | None = None) -> Impact:
    assert log.report.last is not None
    return impact_of(before, after, touched_by(before, after), log, None, log.report.last, renamed or {})


def test_a_message_that_leaves_later_is_one_change(log: StagedLog) -> None:
    result = impact(project(WELCOME), project(WELCOME.replace("1h", "80min")), log)
    email = next(row for row in result.rows if row.channel == "email")
    assert (email.moved, email.shift, email.only_before, email.only_after) == (2, HOUR // 3, 0, 0)
    assert (result.contacts.otherwise, result.contacts.affected, result.contacts.total) == (2, 2, 4)


def test_a_contact_that_a_change_cannot_reach_is_replayed_once(log: StagedLog) -> None:
    result = impact(project(WELCOME, CHANGED), project(WELCOME.replace("1d: more", "2d: more"), CHANGED), log)
    assert result.replayed_twice == 2
    assert [(row.scenario, row.messages) for row in result.rows if not row.differs] == [
        ("other", Sides(1, 1)),
        ("welcome", Sides(2, 2)),
    ]


def test_a_message_that_a_wait_now_misses_is_gone(log: StagedLog) -> None:
    result = impact(project(WELCOME), project(WELCOME.replace("1h", "2h")), log)
    email = next(row for row in result.rows if row.channel == "email")
    assert (email.messages, email.only_before, email.moved) == (Sides(2, 1), 1, 1)
    assert result.contacts.nothing == 1
    assert [(example.kind, example.contact_id) for example in result.examples] == [
        ("only_before", "ana"),
        ("moved", "bea"),
        ("nothing", "ana"),
    ]


def test_a_new_scenario_reaches_contacts_with_its_trigger(log: StagedLog) -> None:
    result = impact(project(WELCOME), project(WELCOME, CHANGED), log)
    assert (result.replayed_twice, result.contacts.first) == (1, 1)
    assert [(row.scenario, row.only_after) for row in result.rows if row.differs] == [("other", 1)]
    assert impact(project(WELCOME, CHANGED), project(WELCOME), log).contacts.nothing == 1


def test_messages_that_a_policy_drops_are_counted_by_reason(log: StagedLog) -> None:
    before = project(WELCOME)
    after = replace(before, policy=Policy(control_group=1.0))
    result = impact(before, after, log)
    assert [(row.dropped_now, row.only_before) for row in result.rows] == [
        ({"control_group": 2}, 0),
        ({"control_group": 1}, 0),
    ]
    back = impact(after, before, log)
    assert [row.no_longer_dropped for row in back.rows] == [{"control_group": 2}, {"control_group": 1}]


@pytest.mark.parametrize(
    ("most", "period", "reached", "dropped"),
    [(1, 12 * HOUR, 0, 0), (1, 36 * HOUR, 1, 1), (2, 36 * HOUR, 0, 0), (1, "week", 1, 1)],
)
def test_a_cap_reaches_only_contacts_that_it_can_hold_back(
    most: int, period: int | str, reached: int, dropped: int, log: StagedLog
) -> None:
    before = project(WELCOME)
    capped = replace(before, policy=Policy(caps=(Cap(before.scenarios["welcome"].span, "a cap", most, period),)))
    for sides in ((before, capped), (capped, before)):
        result = impact(*sides, log)
        assert result.replayed_twice == reached
        changes = [(row.dropped_now or row.no_longer_dropped or {}).get("capped", 0) for row in result.rows]
        assert sum(changes) == dropped


RATED = """
scenario: rated
trigger: {event: started}
on: {bought: {update: {points: 9}, to: {end: bought}}}
states:
  new: {after: {1h: warm}}
  warm: {update: {country: FR}, after: {1d: {end: over}}}
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("1h: warm", "2h: warm"), {"country": (Sides(2, 1), 1, 0, 0, 1), "points": (Sides(1, 1), 0, 0, 0, 0)}),
        (("points: 9", "points: 8"), {"country": (Sides(2, 2), 0, 0, 0, 0), "points": (Sides(1, 1), 0, 0, 1, 0)}),
        (("country: FR", "flag: true"), {"country": (Sides(2, 0), 2, 0, 0, 0), "flag": (Sides(0, 2), 0, 2, 0, 0),
                                         "points": (Sides(1, 1), 0, 0, 0, 0)}),
    ],
    ids=["later, or not at all", "another value", "another attribute"],
)  # fmt: skip
def test_changes_of_attributes_are_compared(
    change: tuple[str, str], expected: dict[str, tuple[Sides, int, int, int, int]], log: StagedLog
) -> None:
    result = impact(project(RATED), project(RATED.replace(*change)), log)
    assert result.updates == tuple(UpdateImpact("rated", name, *figures) for name, figures in expected.items())
    assert result.differs
    assert result.contacts.affected == 0
    assert [example.kind for example in result.examples] == ["update"]


def test_a_renamed_scenario_changes_the_same_attributes(log: StagedLog) -> None:
    renamed = RATED.replace("scenario: rated", "scenario: scored").replace("warm", "hot")
    result = impact(project(RATED), project(renamed), log, {"rated": "scored"})
    assert [(update.scenario, update.changes, update.differing) for update in result.updates] == [
        ("scored", Sides(2, 2), 0),
        ("scored", Sides(1, 1), 0),
    ]


def test_a_changed_template_changes_no_more_than_the_text(log: StagedLog) -> None:
    before = project(WELCOME)
    (path,) = [template.path for template in before.templates if template.name == "m/a"]
    after = replace(before, texts={**before.texts, path: "Quite another text"})
    result = impact(before, after, log)
    assert result.replayed_twice == 0
    assert [(row.other_text, row.moved, row.differs) for row in result.rows] == [(2, 0, True), (0, 0, False)]
    fails = impact(before, replace(before, texts={**before.texts, path: "{{ contact.email / 2 }}"}), log)
    assert [row.unrendered for row in fails.rows] == [2, 0]


@pytest.mark.parametrize(("changed", "other_texts"), [("m/a.email.j2", 2), ("m/a.email.fr.j2", 0)])
def test_a_changed_text_is_that_of_its_readers_alone(changed: str, other_texts: int, log: StagedLog) -> None:
    before = project(WELCOME)
    (english,) = [template for template in before.templates if template.name == "m/a"]
    french = replace(english, locale="fr", path="m/a.email.fr.j2")
    texts = {**before.texts, english.path: "Hello {{ contact.email }}", french.path: "Bonjour {{ contact.email }}"}
    before = replace(before, templates=(*before.templates, french), texts=texts)
    path = {"m/a.email.j2": english.path}.get(changed, changed)
    result = impact(before, replace(before, texts={**texts, path: f"So: {texts[path]}"}), log)
    assert [row.other_text for row in result.rows] == [other_texts, 0]


def test_a_renamed_scenario_sends_the_same_messages(log: StagedLog) -> None:
    renamed = WELCOME.replace("scenario: welcome", "scenario: greeting")
    result = impact(project(WELCOME), project(renamed), log, {"welcome": "greeting"})
    assert [(row.scenario, row.messages, row.differs) for row in result.rows] == [
        ("greeting", Sides(2, 2), False),
        ("greeting", Sides(1, 1), False),
    ]
    assert not result.differs


def test_a_renamed_state_sends_the_same_messages(log: StagedLog) -> None:
    renamed = WELCOME.replace("1h: hello", "1h: hi").replace("  hello: ", "  hi: ")
    assert not impact(project(WELCOME), project(renamed), log).differs


def test_nothing_differs_where_nothing_changed(log: StagedLog) -> None:
    result = impact(project(WELCOME), project(f"# a comment\n{WELCOME}"), log)
    assert (result.replayed_twice, result.differs, result.contacts.affected) == (0, False, 0)


def test_the_figures_of_both_sides_are_those_of_two_dry_runs(log: StagedLog) -> None:
    before, after = project(WELCOME, CHANGED, RATED), project(WELCOME.replace("1h", "2h"), RATED.replace("1h", "2h"))
    compared = impact(before, after, log)
    for place, side in enumerate((before, after)):
        assert log.report.last is not None
        names = replaying.running(side)
        summary = replay(Replay(side, names, None, log.report.last, log.report.first), log, 1, None)
        for row in compared.rows:
            result = summary.scenarios.get(row.scenario)
            assert row.messages[place] == (result.sent[row.channel] if result is not None else 0)
        for journey in compared.journeys:
            result = summary.scenarios.get(journey.scenario)
            assert journey.entered[place] == (result.entered if result is not None else 0)
        for update in compared.updates:
            result = summary.scenarios.get(update.scenario)
            assert update.changes[place] == (result.updated[update.attribute] if result is not None else 0)
        weeks = {count: sides[place] for count, sides in compared.pressure.weeks.items() if sides[place]}
        assert weeks == {count: times for count, times in summary.weeks_sent.items() if count}


def test_parts_of_a_log_give_the_same_as_the_whole(log: StagedLog, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = project(WELCOME, CHANGED), project(WELCOME.replace("1h", "80min"))
    whole = impact(before, after, log)
    monkeypatch.setattr(replaying, "parts_of", lambda staged, workers: staged.ranges(3))
    assert impact(before, after, log) == whole


def test_one_contact_has_all_its_messages_and_both_stories(tmp_path: Path) -> None:
    before, after = project(WELCOME), project(WELCOME.replace("1h", "3h"))
    with staged(before, after, tmp_path, contact="bea") as log:
        assert log.report.last is not None
        contact = contact_of(before, after, log, "bea", None, log.report.last, {})
    assert [(pair.difference, pair.channel) for pair in contact.pairs] == [("moved", "email"), ("moved", "push")]
    assert [len(story.messages) for story in (contact.before, contact.after)] == [2, 2]


def test_one_contact_has_its_texts_rendered_on_both_sides(tmp_path: Path) -> None:
    before = project(WELCOME)
    (path,) = [template.path for template in before.templates if template.name == "m/b"]
    after = replace(before, texts={**before.texts, path: "{{ metric.none }}Another text"})
    with staged(before, after, tmp_path, contact="bea") as log:
        assert log.report.last is not None
        contact = contact_of(before, after, log, "bea", None, log.report.last, {})
    assert [(pair.channel, pair.difference) for pair in contact.pairs] == [("email", "same"), ("push", "other_text")]


def test_a_type_that_differs_is_read_by_the_new_plan_with_a_caution(log: StagedLog) -> None:
    before = project(WELCOME)
    started = before.plan.events["started"]
    number = replace(started, properties={**started.properties, "id": replace(started.properties["id"], type="number")})
    after = replace(before, plan=replace(before.plan, events={**before.plan.events, "started": number}))
    result = impact(before, after, log)
    assert result.cautions == (
        "the type of 'started.id' changed, so both versions were read with the new tracking plan",
    )
    assert result.everybody


def test_a_contact_that_leaves_before_a_longer_wait_is_replayed_once(log: StagedLog) -> None:
    result = impact(project(WELCOME.replace("1h", "2h")), project(WELCOME.replace("1h", "3h")), log)
    assert (result.replayed_twice, result.contacts.affected) == (1, 1)


def test_a_text_that_differs_only_by_its_time_is_the_same_text(log: StagedLog) -> None:
    before = project(WELCOME)
    timed = {template.path: "It is {{ now }}" for template in before.templates}
    before = replace(before, texts={**before.texts, **timed})
    after = replace(project(WELCOME.replace("1h", "80min")), texts=before.texts)
    assert [(row.moved, row.other_text) for row in impact(before, after, log).rows] == [(2, 0), (1, 0)]
