"""Contacts that cannot enter by any event of a log are not streamed, and all counts stay the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.analysis.concerning import concerning
from scenario_cli.analysis.needs import wanted_attributes
from scenario_cli.events.concerned import concerned_alone
from scenario_cli.events.decoding import KNOWN_SINCE
from scenario_cli.events.staged import StagedLog
from scenario_cli.events.staging import stage
from scenario_cli.hosts.forward import plan
from scenario_cli.hosts.replay import Replay, replay
from scenario_cli.model.export import ExportOptions
from scenario_cli.model.project import Project
from tests.engine.worlds import load, moment, unfit
from tests.reference.settings import scaled
from tests.rows import rows

PLAN = """
profile:
  email: string
  email_optin: boolean
  push_token: string
  push_optin: boolean
  phone: string
  sms_optin: boolean
  advisor: string
  timezone: string
  points: number
  birthday: date
  renewal: datetime
events:
  bought: &any
    properties:
      total: number
      count: integer
      code: string
      first: boolean
      day: date
      items: array
      x: {description: whatever comes}
  seen: *any
  left: *any
  announced: {broadcast: true, properties: {total: number}}
  updated: {profile: true, properties: {points: number, birthday: date, renewal: datetime}}
  moved: {profile: true, properties: {points: string}}
groups:
  interest: [bought, seen]
"""

# Columns of a log cannot decide the last two.
CONDITIONS = (
    "event.total > 20", "event.total == 20.5", "event.total != 20", "event.total < 0.5", "event.count <= 3",
    "event.count >= 9007199254740992", "event.code == 'a'", "event.code != 'a'", "event.code == '2025-03-01'",
    "event.first", "not event.first", "event.first == false", "event.total > 20 and event.code == 'a'",
    "event.total > 20 or event.first", "event.total > 20 and event.x > 1", "event.x > 1 and event.total > 20",
    "event.day == '2025-03-01'", "event.total > event.count", "contact.points > 3", "metric.spent is not none",
    "event.items | length > 1", "count('seen', where=past.x > 1) > 0",
)  # fmt: skip
TRIGGERS = (
    "{event: bought}", "{event: interest}", "{event: updated, where: event.points > 3}", "{event: announced}",
    "{event: announced, where: event.total > 20}", "{absence: left, for: 2d, since: bought}",
    "{absence: left, for: 2d, since: seen, by: code}", "{attribute: points}", "{attribute: birthday}",
    "{scenario: first}", "{event: journey.ended}",
)  # fmt: skip
AGGREGATES = (
    "{sum: event.total, of: bought}", "{sum: event.x, of: seen}", "{count: seen}", "{max: event.total, of: seen}",
    "{min: event.x, of: left}", "{last: event.x, of: seen}", "{list: event.code, of: left}",
    "{count: seen, where: event.total > 20}", "{count: seen, where: event.code == 'a' and event.x > 1}",
    "{sum: event.total, of: interest, by: event.items}",
)  # fmt: skip


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """One to three scenarios, with a metric and a segment that they can read."""
    names = ("first", "second", "third")[: draw(st.sampled_from((1, 1, 2, 3)))]
    texts = []
    for name in names:
        listed = [
            draw(st.sampled_from([trigger for trigger in TRIGGERS if name != "first" or "first" not in trigger]))
            for _ in range(draw(st.sampled_from((1, 1, 2))))
        ]
        where = draw(st.sampled_from(CONDITIONS)).replace("'", "''")
        event = draw(st.sampled_from(("bought", "seen")))
        listed.append(f"{{event: {event}, where: '{where}'}}")
        most = draw(st.sampled_from((1, 1, 2)))
        triggers = draw(st.lists(st.sampled_from(listed), min_size=1, max_size=most, unique=True))
        more = draw(st.sampled_from(("", "audience: metric.spent is not none", "status: paused")))
        texts.append(scenario(name, triggers, more))
    return project_of(*texts, aggregate=draw(st.sampled_from(AGGREGATES)))


def scenario(name: str, triggers: Sequence[str], more: str = "") -> str:
    return f"""
scenario: {name}
{more}
trigger: [{", ".join(triggers)}]
reentry: always
while_running: ignore
states:
  one: {{send: {{email: m/a}}, update: {{points: 5}}, on: {{left: {{end: left}}}}, after: {{1d: {{end: over}}}}}}
"""


def project_of(*texts: str, aggregate: str = "{count: seen}") -> Project:
    metrics = f"metrics:\n  spent: {aggregate}\nsegments:\n  big: metric.spent is not none\n"
    loaded = load(*texts, plan=PLAN, metrics=metrics)
    assert unfit(loaded) == []
    return loaded.project


def log_of(folder: Path) -> StagedLog:
    """A log of about eighty contacts: each has few kinds of event, and some values do not fit their types."""
    dice = Random(7)
    values: dict[str, Sequence[Any]] = {
        "total": (0.25, 20, 20.5, 21, 1e300, "much", None), "count": (3, 4, 2**53, 2**53 + 1, None),
        "code": ("a", "b", "2025-03-01", "2025-03-01T00:00:00Z", None), "first": (True, False, None),
        "day": ("2025-03-01", "2025-03-02"), "items": ([], [1, 2], [{}, None]), "x": (0, 2, "two", [1], None),
    }  # fmt: skip
    attributes: dict[str, Sequence[Any]] = {
        "points": (0, 4, "many", None), "birthday": ("1990-03-03", "0000-01-01", "never"),
        "renewal": ("2025-03-04T10:00:00Z", "0000-05-05T10:00:00Z", "2025-03-04T10:00:00+99:00"),
    }  # fmt: skip
    rows = [{"event": "announced", "timestamp": "2025-03-02T12:00:00Z", "total": 10}]
    people = ["contact_id,updated_at,known_since,email,email_optin,timezone,points,birthday,renewal"]
    for number in range(80):
        contact = f"c{number:03}"
        kinds = dice.sample(("bought", "seen", "left", "updated", "moved"), dice.choice((0, 1, 1, 2)))
        for _ in range(dice.randrange(5) if kinds else 0):
            kind = dice.choice(kinds)
            properties = attributes if kind in ("updated", "moved") else values
            names = dice.sample(sorted(properties), dice.randrange(len(properties) + 1))
            at = f"2025-03-{dice.randrange(1, 10):02}T{dice.randrange(24):02}:00:00Z"
            chosen = {name: dice.choice(properties[name]) for name in names if (kind, name) != ("moved", "birthday")}
            rows.append({"contact_id": contact, "event": kind, "timestamp": at, **chosen})
        for updated in dice.sample(("", "", "2025-03-03T00:00:00Z"), dice.choice((0, 1, 1, 2))):
            known_since = dice.choice(("", "", "2025-03-05", "2024-01-01"))
            person = [dice.choice(attributes[name]) or "" for name in ("points", "birthday", "renewal")]
            cells = [contact, updated, known_since, f"{contact}@example.com", "true", "Europe/Paris", *map(str, person)]
            people.append(",".join(cells))
    return staged_in(folder, "".join(json.dumps(row) + "\n" for row in rows), "\n".join(people) + "\n")


def staged_in(folder: Path, log: str, people: str) -> StagedLog:
    """A log with all events and attributes of the plan."""
    (folder / "log.jsonl").write_text(log, encoding="utf-8")
    (folder / "people.csv").write_text(people, encoding="utf-8")
    options = ExportOptions((str(folder / "log.jsonl"),), (str(folder / "people.csv"),), timezone="UTC")
    project = project_of(scenario("s", ["{event: bought}"]))
    events = project.plan.events
    return stage(
        options,
        {name: {key: each.type for key, each in event.properties.items()} for name, event in events.items()},
        {KNOWN_SINCE: "datetime", **wanted_attributes(project)},
        folder,
        broadcast=["announced"],
        profile=["updated", "moved"],
    )


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> StagedLog:
    return log_of(tmp_path_factory.mktemp("log"))


INSTANTS = (None, "2025-03-01 00:00", "2025-03-04 12:00", "2025-03-08 00:00")


@settings(max_examples=scaled(6), derandomize=True, deadline=None, database=None)
@given(projects(), st.sampled_from(INSTANTS), st.sampled_from(INSTANTS[2:]), st.booleans())
def test_a_replay_without_the_contacts_left_out_is_the_same(
    log: StagedLog, project: Project, begin: str | None, end: str, as_plan: bool
) -> None:
    start, until = moment(begin) if begin else None, moment(end)
    if start is not None and start > until:
        start = None
    rows = concerning(project, project.scenarios.values())
    if rows is None:
        return
    narrowed = concerned_alone(log, rows, start, until, worth=1)
    names = tuple(project.scenarios)
    if as_plan:
        later = until + 86_400_000_000
        assert plan(project, names, narrowed, until, later, start) == plan(project, names, log, until, later, start)
        return
    job = Replay(project, names, start, until, log.report.first, rows=True, edges=True)
    summaries, lines = [], []
    for staged in (log, narrowed):
        target = log.path.parent / "rows"
        summaries.append(replay(job, staged, 1, target))
        lines.append(target.read_bytes())
    assert summaries[0] == summaries[1]
    assert lines[0] == lines[1]


# Always streamed: the first has an unreadable date, and the second an attribute that is declared twice.
ALWAYS = {"no_date", "moved"}
FEW = """
{"contact_id": "bought_20", "event": "bought", "timestamp": "2025-03-02T00:00:00Z", "total": 20}
{"contact_id": "bought_30", "event": "bought", "timestamp": "2025-03-06T00:00:00Z", "total": 30.5, "code": "a"}
{"contact_id": "bought_much", "event": "bought", "timestamp": "2025-03-02T00:00:00Z", "total": "much", "x": 5}
{"contact_id": "saw", "event": "seen", "timestamp": "2025-03-02T00:00:00Z", "total": 30, "x": "five"}
{"contact_id": "left", "event": "left", "timestamp": "2025-03-02T00:00:00Z"}
{"contact_id": "updated", "event": "updated", "timestamp": "2025-03-02T00:00:00Z", "points": 5}
{"contact_id": "moved", "event": "moved", "timestamp": "2025-03-02T00:00:00Z", "points": "5"}
"""
FEW_PEOPLE = """contact_id,updated_at,birthday
idle,,1990-03-03
no_date,,0000-01-01
changed,,1990-03-03
changed,2025-03-03T00:00:00Z,1990-03-04
"""


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> StagedLog:
    return staged_in(tmp_path_factory.mktemp("few"), FEW.lstrip(), FEW_PEOPLE)


def streamed(log: StagedLog, project: Project, start: str | None = None, end: str = "2025-03-20 00:00") -> set[str]:
    rows = concerning(project, project.scenarios.values())
    assert rows is not None
    narrowed = concerned_alone(log, rows, moment(start, "UTC") if start else None, moment(end, "UTC"), worth=1)
    contacts = list(narrowed.stream())
    names = [contact.contact_id for contact in contacts]
    assert names == sorted(names)
    assert len(contacts) + narrowed.left_out == log.report.contacts
    assert list(narrowed.broadcasts()) == list(log.broadcasts())
    assert narrowed.rows == sum(len(contact.events) for contact in contacts) + len(list(log.broadcasts()))
    assert ALWAYS.issubset(names)
    return {*names} - ALWAYS


BUYERS = {"bought_20", "bought_30", "bought_much"}


@rows(
    ("trigger", "contacts"),
    [
        ("{event: bought}", BUYERS),
        ("{event: interest}", {*BUYERS, "saw"}),
        ("{event: bought, where: event.total > 20}", {"bought_30"}),
        ("{event: bought, where: event.total != 20}", {"bought_30", "bought_much"}),
        ("{event: bought, where: not event.total > 20}", {"bought_20", "bought_much"}),
        ("{event: bought, where: event.total > 20 and event.code != 'a'}", set()),
        ("{event: bought, where: event.total > 20 or event.code != 'a'}", BUYERS),
        ("{event: bought, where: event.total > 25 and event.x > 1}", {"bought_30"}),
        ("{event: bought, where: event.x > 1 and event.total > 25}", BUYERS),
        ("{absence: left, for: 2d, since: seen}", {"saw"}),
        ("{attribute: points}", {"updated", "changed"}),
        ("{event: journey.ended}", set()),
    ],
)
def test_a_contact_without_an_event_that_lets_it_in_is_left_out(
    few: StagedLog, trigger: str, contacts: set[str]
) -> None:
    assert streamed(few, project_of(scenario("s", [trigger]))) == contacts


def test_only_events_between_the_first_entry_and_the_end_let_contacts_enter(few: StagedLog) -> None:
    by_event = project_of(scenario("s", ["{event: bought}"]))
    assert streamed(few, by_event, start="2025-03-04 00:00") == {"bought_30"}
    assert streamed(few, by_event, end="2025-03-04 00:00") == BUYERS - {"bought_30"}
    # An absence counts from an earlier event.
    by_absence = project_of(scenario("s", ["{absence: left, for: 2d, since: bought}"]))
    assert streamed(few, by_absence, start="2025-03-04 00:00") == BUYERS


@pytest.mark.parametrize("trigger", ["{schedule: 'at 09:00 on mon'}", "{date: contact.birthday}", "{segment: big}"])
def test_no_contact_is_left_out_if_it_can_enter_without_an_event(trigger: str) -> None:
    project = project_of(scenario("s", ["{event: bought}"]), scenario("t", [trigger]))
    assert concerning(project, project.scenarios.values()) is None


def test_no_contact_is_left_out_if_an_event_without_a_contact_lets_everybody_enter(log: StagedLog) -> None:
    project = project_of(scenario("s", ["{event: announced}"]))
    rows = concerning(project, project.scenarios.values())
    assert rows is not None
    assert concerned_alone(log, rows, None, moment("2025-03-20 00:00"), worth=1) is log
    assert concerned_alone(log, rows, None, moment("2025-03-01 00:00"), worth=1) is not log


@rows(
    ("aggregate", "contacts"),
    [
        ("{count: seen}", set()),
        ("{sum: event.total, of: seen}", set()),
        ("{last: event.x, of: seen}", set()),
        ("{count: seen, where: event.total > 20}", set()),
        ("{sum: event.x, of: seen}", {"saw"}),
        ("{count: seen, where: event.x > 20}", {"saw"}),
        ("{sum: event.x, of: seen, where: event.total > 40}", set()),
        ("{count: seen, by: event.code}", {"saw"}),
        ("{list: event.code, of: seen}", {"saw"}),
    ],
)
def test_a_contact_is_streamed_where_its_event_may_not_fit_a_metric_that_is_read(
    few: StagedLog, aggregate: str, contacts: set[str]
) -> None:
    trigger = "{event: bought, where: event.total > 90}"
    reads = scenario("s", [trigger], "audience: metric.spent is not none")
    assert streamed(few, project_of(reads, aggregate=aggregate)) == contacts
    assert streamed(few, project_of(scenario("s", [trigger]), aggregate=aggregate)) == set()
