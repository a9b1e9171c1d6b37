"""The reason why a contact never entered: for each kind of trigger the first unmet requirement."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.worlds import PLAN
from tests.reports.why.stage import answer, make, sentences, why, why_not

REST = "states: {a: {send: {email: hi}, end: done}}"
ELSE = ("bo", "2025-03-01 10:00", "started", {"n": 5})  # another contact, so that the log has such an event
LATER = ("bo", "2025-03-31 10:00", "stopped")  # the end of the log
SCENARIO = f"scenario: s\ntrigger: {{event: started, where: event.n > 1}}\n{REST}\n"
METRICS = "metrics: {orders: {count: bought}}\nsegments: {buyer: metric.orders >= 2}\n"


@pytest.mark.parametrize(
    ("scenario", "log", "contact", "expected"),
    [
        (SCENARIO, (ELSE,), "", "no_event: no started event; other contacts have 1"),
        (SCENARIO, (LATER,), "", "no_event: no started event, neither for other contacts in this log"),
        (
            SCENARIO,
            (ELSE, ("ana", "2025-03-03 10:00", "started", {"n": 1}), ("ana", "2025-03-04 10:00", "started", {"n": 0})),
            "",
            "where: started came 2 times, but its 'where' was never true; last at 2025-03-04 10:00",
        ),
        (
            f"scenario: s\ntrigger: {{event: started}}\naudience: contact.country == 'FR'\n{REST}",
            (("ana", "2025-03-03 10:00", "started"),),
            "IT",
            "refused: the trigger fired once and the entry was refused each time; last at 2025-03-03 10:00, audience: "
            "not in the audience",
        ),
        (
            f"scenario: s\ntrigger: {{event: started}}\nkey: event.id\n{REST}",
            (("ana", "2025-03-03 10:00", "started"),),
            "",
            "refused: the trigger fired once and the entry was refused each time; last at 2025-03-03 10:00, key: "
            "key missing (event.id)",
        ),
        (
            f"scenario: s\ntrigger: {{event: started}}\nactive: {{until: 2025-02-28}}\n{REST}",
            (("ana", "2025-03-03 10:00", "started"),),
            "",
            "refused: the trigger fired once and the entry was refused each time; last at 2025-03-03 10:00, inactive: "
            "outside its active days (until 2025-02-28)",
        ),
        (
            f"scenario: s\ntrigger: {{event: started, each: event.items}}\n{REST}",
            (("ana", "2025-03-03 10:00", "started", {"items": []}),),
            "",
            "empty: the trigger fired once, last at 2025-03-03 10:00, and its list 'each' was empty",
        ),
        (
            f"scenario: s\ntrigger: {{absence: bought, for: 3d, since: started}}\n{REST}",
            (("ana", "2025-03-03 10:00", "started"), ("ana", "2025-03-05 10:00", "bought"), LATER),
            "",
            "in_time: bought came in time, at 2025-03-05 10:00",
        ),
        (
            f"scenario: s\ntrigger: {{absence: bought, for: 3d, since: started}}\n{REST}",
            (LATER, ("ana", "2025-03-30 09:00", "started")),
            "",
            "not_yet: it is due later, at 2025-04-02 09:00",
        ),
        (
            f"scenario: s\ntrigger: {{absence: bought, for: 3d, since: started}}\n{REST}",
            (ELSE, LATER),
            "",
            "no_event: no started event; other contacts have 1",
        ),
        (
            f"scenario: s\ntrigger: {{schedule: at 09:00 on mon}}\naudience: contact.country == 'FR'\n{REST}",
            (("ana", "2025-03-03 10:00", "started"), LATER),
            "IT",
            "refused: the trigger fired 4 times and the entry was refused each time; last at 2025-03-31 09:00, "
            "audience: not in the audience",
        ),
        (
            f"scenario: s\ntrigger: {{at: 2025-05-01 08:00}}\n{REST}",
            (LATER,),
            "",
            "not_yet: it is due later, at 2025-05-01 08:00",
        ),
        (f"scenario: s\ntrigger: {{at: 2025-02-01 08:00}}\n{REST}", (LATER,), "", "past: its time was over before "
         "entries were allowed"),
        (f"scenario: s\ntrigger: {{date: contact.birthday, every: year}}\n{REST}", (LATER,), "",
         "missing: the date is missing"),
        (
            f"scenario: s\ntrigger: {{segment: buyer}}\n{REST}",
            (("ana", "2025-03-05 10:00", "bought"), LATER),
            "",
            "no_event: never entered segment 'buyer'",
        ),
        (
            f"scenario: s\ntrigger: {{attribute: country}}\n{REST}",
            (LATER,),
            "IT",
            "no_event: attribute country never changed; it is IT",
        ),
    ],
)  # fmt: skip
def test_the_first_thing_that_would_have_had_to_be_different(
    tmp_path: Path, scenario: str, log: tuple[tuple[str, str, str]], contact: str, expected: str
) -> None:
    contacts = f"contact_id,country\nana,{contact}\n"
    project = make(tmp_path, scenario, log=log, contacts=contacts, metrics=METRICS)
    assert why_not(why(project, "ana", "s")) == [expected]


def test_the_values_that_a_condition_saw_stand_beside_it(tmp_path: Path) -> None:
    log = (("ana", "2025-03-03 10:00", "started", {"n": 1}),)
    text = answer("why", "ana", "--project", str(make(tmp_path, SCENARIO, log=log)))[1]
    assert "does not enter by started: event.n > 1 is not true (event.n = 1)" in text


def test_the_values_that_a_segment_reads_are_shown(tmp_path: Path) -> None:
    scenario = f"scenario: s\ntrigger: {{segment: buyer}}\n{REST}"
    project = make(tmp_path, scenario, log=(("ana", "2025-03-05 10:00", "bought"),), metrics=METRICS)
    text = " ".join(answer("why", "ana", "--project", str(project))[1].split())
    assert "not in segment buyer: metric.orders >= 2 is not true (metric.orders = 1)" in text


def test_a_contact_without_events_of_scenarios_has_that_answer(tmp_path: Path) -> None:
    document = why(make(tmp_path, SCENARIO, log=(("ana", "2025-03-03 10:00", "noted"), ELSE)), "ana")
    assert document["timeline"] == []
    assert why_not(document, "s") == ["no_event: no started event; other contacts have 1"]


def test_a_contact_unknown_until_the_end_has_no_ticks(tmp_path: Path) -> None:
    clock = f"scenario: c\ntrigger: {{schedule: at 09:00}}\n{REST}"
    project = make(tmp_path, clock, log=(ELSE, ("ana", "2025-03-03 10:00", "noted")))
    document = why(project, "ana", "--until", "2025-03-02")
    assert why_not(document) == ["not_known: the log has nothing about the contact until 2025-03-02 00:00"]


def test_each_of_several_triggers_has_its_reason(tmp_path: Path) -> None:
    scenario = f"scenario: s\ntrigger: [{{event: started, where: event.n > 9}}, {{event: bought}}]\n{REST}"
    project = make(tmp_path, scenario, log=(("ana", "2025-03-03 10:00", "started", {"n": 1}), ELSE))
    assert why_not(why(project, "ana")) == [
        "where: started: started came once, but its 'where' was never true; last at 2025-03-03 10:00",
        "no_event: bought: no bought event, neither for other contacts in this log",
    ]


def test_the_condition_beside_a_refusal_is_that_of_the_refused_element(tmp_path: Path) -> None:
    scenario = f"scenario: s\ntrigger: {{event: started, each: event.items}}\nkey: item\naudience: item != 'k'\n{REST}"
    project = make(tmp_path, scenario, log=(("ana", "2025-03-03 10:00", "started", {"items": ["k", None]}),))
    document = why(project, "ana")
    assert why_not(document) == [
        "refused: the trigger fired once and the entry was refused each time; last at 2025-03-03 10:00, key: "
        "key missing (item)"
    ]
    assert document["never_entered"][0]["triggers"][0]["conditions"] == []


def test_refusals_at_ticks_count_with_all_others(tmp_path: Path) -> None:
    rival = (
        "scenario: r\npriority: 90\ntrigger: {event: started}\nexclusive: g\nstates: {a: {after: {8d: {end: done}}}}"
    )
    weekly = (
        "scenario: s\ntrigger: {schedule: at 09:00 on mon}\naudience: contact.country == 'FR'\n"
        f"exclusive: g\npriority: 10\n{REST}"
    )
    log = (
        ("ana", "2025-03-02 10:00", "started"),
        ("ana", "2025-03-04 10:00", "profile_updated", {"country": "IT"}),
        ("ana", "2025-03-18 10:00", "stopped"),
    )
    project = make(tmp_path, rival, weekly, log=log, contacts="contact_id,country\nana,FR\n")
    assert why_not(why(project, "ana"), "s") == [
        "refused: the trigger fired 3 times and the entry was refused each time; last at 2025-03-17 09:00, audience: "
        "not in the audience"
    ]


def test_an_entry_that_waited_for_its_group_in_vain_was_refused_at_the_end(tmp_path: Path) -> None:
    group = "exclusive: {group: g, wait: 2d}"
    stays = "states: {a: {after: {9d: {end: done}}}}"
    rival = f"scenario: r\npriority: 90\ntrigger: {{event: started}}\n{group}\n{stays}"
    scenario = f"scenario: s\npriority: 10\ntrigger: {{event: bought}}\n{group}\n{REST}"
    log = (("ana", "2025-03-01 10:00", "started"), ("ana", "2025-03-02 10:00", "bought"))
    for folder, until, expected in (
        ("over", LATER, "2025-03-04 10:00, exclusive: in another scenario of its group"),
        ("waiting", ELSE, "2025-03-02 10:00, waiting: in another scenario of its group, tried again later"),
    ):
        (tmp_path / folder).mkdir()
        project = make(tmp_path / folder, rival, scenario, log=(*log, until))
        assert why_not(why(project, "ana"), "s") == [
            f"refused: the trigger fired once and the entry was refused each time; last at {expected}"
        ]


def test_an_event_for_everybody_from_before_the_contact_was_known(tmp_path: Path) -> None:
    plan = PLAN.replace("events:\n", "events:\n  price: {broadcast: true, properties: {sku: string}}\n")
    scenario = f"scenario: s\ntrigger: {{event: price}}\n{REST}"
    log = (("", "2025-03-01 10:00", "price", {"sku": "A1"}), ("ana", "2025-03-02 10:00", "noted"))
    assert why_not(why(make(tmp_path, scenario, log=log, plan=plan), "ana")) == [
        "no_event: no price event while the contact was known; the log has 1"
    ]


@pytest.mark.parametrize(
    ("trigger", "log", "expected"),
    [
        (
            "{absence: bought, for: 3d, since: started, by: id}",
            (("ana", "2025-03-03 10:00", "started"), LATER),
            "missing: started came once, but without id; last at 2025-03-03 10:00",
        ),
        (
            "{absence: bought, for: 3d, since: started, by: id}",
            (
                ("ana", "2025-03-03 10:00", "started", {"id": "1"}),
                ("ana", "2025-03-04 10:00", "bought", {"id": "2"}),
                ("ana", "2025-03-05 10:00", "bought", {"id": "1"}),
                LATER,
            ),
            "in_time: bought came in time, at 2025-03-05 10:00",
        ),
        (
            "{date: contact.flag}",
            (("ana", "2025-03-05 10:00", "profile_updated", {"flag": "soon"}), LATER),
            "missing: the date cannot be read",
        ),
    ],
)
def test_values_that_a_trigger_cannot_use(
    tmp_path: Path, trigger: str, log: tuple[tuple[str, str, str], ...], expected: str
) -> None:
    project = make(tmp_path, f"scenario: s\ntrigger: {trigger}\n{REST}", log=log)
    assert why_not(why(project, "ana")) == [expected]


def test_events_before_the_first_allowed_entry_are_history(tmp_path: Path) -> None:
    log = (("ana", "2025-03-03 10:00", "started", {"n": 5}), ("ana", "2025-03-08 10:00", "stopped"))
    document = why(make(tmp_path, SCENARIO, log=log), "ana", "--from", "2025-03-05")
    assert why_not(document) == [
        "history: started came once, but only before entries were allowed: last 2025-03-03 10:00"
    ]
    assert [line["history"] for line in document["timeline"] if line["kind"] == "event"] == [True]


def test_another_scenarios_outcome_that_never_came(tmp_path: Path) -> None:
    first = f"scenario: first\ntrigger: {{event: started}}\n{REST}"
    second = f"scenario: second\ntrigger: {{scenario: first, outcome: [gone]}}\n{REST}"
    first = first.replace("end: done", "on: {stopped: {end: gone}}, after: {1d: {end: done}}")
    project = make(tmp_path, first, second, log=(("ana", "2025-03-03 10:00", "started"), LATER))
    assert why_not(why(project, "ana"), "second") == ["where: journeys of first ended with done, not with gone"]
    assert why_not(why(project, "ana", "second", "--only")) == [
        "status: it starts after a journey of first, and that scenario was not replayed"
    ]
    assert why_not(why(project, "bo"), "second") == ["no_event: no journey of first ended with gone"]


def test_a_paused_scenario_is_shown_unless_others_are_named(tmp_path: Path) -> None:
    paused = f"scenario: p\nstatus: paused\ntrigger: {{event: started}}\n{REST}"
    project = make(tmp_path, SCENARIO, paused, log=(("ana", "2025-03-03 10:00", "started", {"n": 5}),))
    assert why_not(why(project, "ana"), "p") == ["paused: the scenario is paused, so nobody enters"]
    assert why(project, "ana", "s")["never_entered"] == []
    assert why_not(why(project, "ana", "p")) == [
        "refused: the trigger fired once and the entry was refused each time; last at 2025-03-03 10:00, paused: "
        "the scenario is paused"
    ]


def test_a_member_from_the_start_has_not_entered_the_segment(
    tmp_path: Path,
) -> None:
    scenario = f"scenario: s\ntrigger: {{segment: few}}\n{REST}"
    metrics = "metrics: {orders: {count: bought}}\nsegments: {few: metric.orders < 1}\n"
    log = (ELSE, ("ana", "2025-03-03 10:00", "noted"), ("ana", "2025-03-05 10:00", "bought"), LATER)
    project = make(tmp_path, scenario, log=log, metrics=metrics, contacts="contact_id,country\nana,IT\n")
    assert why_not(why(project, "ana", "s")) == [
        "from_start: was in segment 'few' from the start, which does not count as entering, and never entered it later"
    ]


def test_a_member_before_entries_are_allowed_has_that_reason(tmp_path: Path) -> None:
    scenario = f"scenario: s\ntrigger: {{segment: buyer}}\n{REST}"
    log = (ELSE, ("ana", "2025-03-03 10:00", "bought"), ("ana", "2025-03-04 10:00", "bought"), LATER)
    project = make(tmp_path, scenario, log=log, metrics=METRICS)
    assert why_not(why(project, "ana", "s", "--from", "2025-03-10")) == [
        "history: entered segment 'buyer' once, but only before entries were allowed"
    ]


def test_a_contact_that_was_never_a_member_has_not_left_the_segment(tmp_path: Path) -> None:
    scenario = f"scenario: s\ntrigger: {{segment: buyer, change: left}}\n{REST}"
    project = make(tmp_path, scenario, log=(ELSE, ("ana", "2025-03-03 10:00", "bought"), LATER), metrics=METRICS)
    assert why_not(why(project, "ana", "s")) == [
        "from_start: was outside segment 'buyer' from the start and never left it later"
    ]


def test_a_refused_second_entry_shows_the_rule(tmp_path: Path) -> None:
    log = (("ana", "2025-03-03 10:00", "started", {"n": 5}), ("ana", "2025-03-09 10:00", "started", {"n": 5}))
    timeline = sentences(why(make(tmp_path, SCENARIO, log=log), "ana"))
    assert "cannot enter, reentry: entered at 2025-03-03 10:00, and nobody enters twice" in " ".join(timeline)
    assert "too soon" not in " ".join(timeline)


def test_warnings_at_the_start_of_a_contact_are_in_the_story(tmp_path: Path) -> None:
    scenario = f"scenario: s\ntrigger: {{segment: odd}}\n{REST}"
    metrics = "segments: {odd: contact.flag > 3}\n"
    project = make(tmp_path, scenario, log=(ELSE, LATER), metrics=metrics, contacts="contact_id,flag\nana,text\n")
    assert any("contact.flag > 3" in record for record in sentences(why(project, "ana")))
