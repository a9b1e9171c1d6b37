"""Entries by other triggers than an event: absence, schedule, moment, date, segment, attribute, outcome, `each`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.engine.worlds import Happening, run

IN = """
states:
  in: {end: done}
"""


def entries(
    trigger: str,
    events: Sequence[Happening],
    contact: Mapping[str, Any] | None = None,
    until: str = "2026-01-01 00:00",
    more: str = "",
    metrics: str = "",
) -> list[str]:
    story = run(f"scenario: s\ntrigger: {trigger}\n{more}\n{IN}", events, contact, until, metrics=metrics)
    return [line for line in story.lines if "entered" in line or "refused" in line]


def test_an_absence_is_counted_from_the_last_since_event() -> None:
    events: list[Happening] = [("2025-03-01 10:00", "started"), ("2025-03-02 12:00", "started")]
    assert entries("{absence: bought, for: 3d, since: started}", events) == ["2025-03-05 12:00 entered"]


def test_an_event_in_time_prevents_an_entry_by_absence() -> None:
    events: list[Happening] = [("2025-03-01 10:00", "started"), ("2025-03-02 12:00", "bought")]
    assert entries("{absence: bought, for: 3d, since: started}", events) == []


def test_an_event_at_the_very_end_of_the_time_still_counts_as_come() -> None:
    events: list[Happening] = [("2025-03-01 10:00", "started"), ("2025-03-04 10:00", "bought")]
    assert entries("{absence: bought, for: 3d, since: started}", events) == []


def test_an_absence_of_the_event_itself_is_counted_anew_with_each() -> None:
    events: list[Happening] = [
        ("2025-03-01 10:00", "started"),
        ("2025-03-02 10:00", "started"),
        ("2025-03-20 10:00", "started"),
    ]
    entered = entries("{absence: started, for: 3d}", events, more="reentry: always")
    assert entered == ["2025-03-05 10:00 entered", "2025-03-23 10:00 entered"]


def test_an_absence_fires_once_for_each_since_event() -> None:
    events: list[Happening] = [("2025-03-01 10:00", "started"), ("2025-06-01 10:00", "noted")]
    assert len(entries("{absence: bought, for: 3d, since: started}", events, more="reentry: always")) == 1


def test_an_absence_is_counted_on_the_calendar() -> None:
    events: list[Happening] = [("2025-03-29 10:00", "started")]
    assert entries("{absence: bought, for: 1d, since: started}", events) == ["2025-03-30 10:00 entered"]


def test_the_trigger_of_an_absence_is_the_since_event() -> None:
    scenario = """
scenario: s
trigger: {absence: bought, for: 1h, since: started}
states:
  in: {set: {n: =trigger.n}, on: {stopped: {end: over}}}
"""
    assert run(scenario, [("2025-03-01 10:00", "started", {"n": 7})], until="2025-03-02 10:00").captured("n") == 7


def test_a_schedule_lets_the_audience_enter_at_each_tick() -> None:
    first_event: list[Happening] = [("2025-03-03 10:00", "noted")]
    entered = entries(
        "{schedule: at 09:00 on mon}", first_event, until="2025-03-24 09:00", more="audience: contact.email is not none"
    )
    assert entered == ["2025-03-10 09:00 entered", "2025-03-17 09:00 entered", "2025-03-24 09:00 entered"]
    story = run(f"scenario: s\ntrigger: {{schedule: at 09:00 on mon}}\naudience: contact.points > 3\n{IN}", first_event,
                until="2025-03-24 09:00")  # fmt: skip
    assert story.lines == []
    assert story.state.unadmitted == {"s": 3}


def test_a_schedule_by_cron_counts_on_the_clock_that_it_names() -> None:
    contact = {"timezone": "America/New_York"}
    first_event: list[Happening] = [("2025-03-03 10:00", "noted")]
    own = entries("{schedule: cron 0 9 1 * *}", first_event, contact, "2025-05-02 00:00")
    of_project = entries("{schedule: cron 0 9 1 * *, timezone: project}", first_event, contact, "2025-05-02 00:00")
    assert own == ["2025-04-01 15:00 entered", "2025-05-01 15:00 entered"]
    assert of_project == ["2025-04-01 09:00 entered", "2025-05-01 09:00 entered"]


def test_a_moment_lets_contacts_enter_once() -> None:
    first_event: list[Happening] = [("2025-03-03 10:00", "noted")]
    assert entries("{at: 2025-03-28 08:00}", first_event) == ["2025-03-28 08:00 entered"]
    assert entries("{at: 2025-03-01 08:00}", first_event) == []


BIRTHDAY = "{date: contact.birthday, offset: -7d, at: '09:00', every: year}"


def test_a_birthday_comes_every_year() -> None:
    contact = {"birthday": "1990-03-20", "timezone": "Europe/Paris"}
    entered = entries(BIRTHDAY, [("2024-01-05 10:00", "noted")], contact, "2026-01-01 00:00")
    assert entered == ["2024-03-13 09:00 entered", "2025-03-13 09:00 entered"]


def test_29_february_is_the_28th_in_other_years() -> None:
    contact = {"birthday": "2000-02-29", "timezone": "Europe/Paris"}
    entered = entries("{date: contact.birthday, at: '09:00', every: year}", [("2023-01-05 10:00", "noted")], contact,
                   "2025-12-31 00:00")  # fmt: skip
    assert entered == ["2023-02-28 09:00 entered", "2024-02-29 09:00 entered", "2025-02-28 09:00 entered"]


def test_a_yearly_date_is_as_it_is_written_also_where_the_clock_skipped_its_midnight() -> None:
    # 1 October 1990 began at 01:00 in Asunción; 1 October 2024 began at midnight.
    scenario = "scenario: s\ntrigger: {date: contact.birthday, every: year}\n" + IN
    contact = {"timezone": "America/Asuncion", "birthday": "1990-10-01"}
    story = run(scenario, [("2024-09-01 10:00", "noted")], contact, "2025-01-01 00:00", zone="America/Asuncion")
    assert [story.line(entry) for entry in story.entries] == ["2024-10-01 00:00 entered"]


def test_a_date_that_is_past_never_fires_and_one_that_moves_is_moved() -> None:
    first_event = ("2025-03-03 10:00", "noted")
    moved = ("2025-03-04 10:00", "profile_updated", {"birthday": "2025-04-10"})
    contact = {"birthday": "2025-03-20", "timezone": "Europe/Paris"}
    trigger = "{date: contact.birthday, offset: -1d, at: '09:00'}"
    assert entries(trigger, [first_event], contact) == ["2025-03-19 09:00 entered"]
    assert entries(trigger, [first_event, moved], contact) == ["2025-04-09 09:00 entered"]
    assert entries(trigger, [("2025-03-19 09:01", "noted")], contact) == []


def test_a_date_once_fires_again_only_with_another_value() -> None:
    contact = {"birthday": "2025-03-20", "timezone": "Europe/Paris"}
    events: list[Happening] = [
        ("2025-03-03 10:00", "noted"),
        ("2025-03-21 10:00", "profile_updated", {"birthday": "2025-03-20"}),
        ("2025-03-22 10:00", "profile_updated", {"birthday": "2025-03-25"}),
    ]
    entered = entries("{date: contact.birthday}", events, contact, more="reentry: always")
    assert entered == ["2025-03-20 00:00 entered", "2025-03-25 00:00 entered"]


def test_a_yearly_date_that_moves_comes_once_a_calendar_year() -> None:
    contact = {"birthday": "1990-03-20", "timezone": "Europe/Paris"}
    moved = ("2025-03-21 10:00", "profile_updated", {"birthday": "1990-09-20"})
    entered = entries("{date: contact.birthday, every: year}", [("2025-03-03 10:00", "noted"), moved], contact,
                   "2026-12-31 00:00")  # fmt: skip
    assert entered == ["2025-03-20 00:00 entered", "2026-09-20 00:00 entered"]


METRICS = """
metrics:
  orders: {count: bought}
  last_order: {last: event.timestamp, of: bought}
segments:
  buyer: metric.orders >= 2
  dormant: days_since(metric.last_order) > 30
  rich: contact.points > 10
"""


def test_a_segment_is_entered_and_left() -> None:
    events: list[Happening] = [
        ("2025-03-03 10:00", "noted"),
        ("2025-03-04 10:00", "profile_updated", {"points": 11}),
        ("2025-03-05 10:00", "profile_updated", {"points": 12}),
        ("2025-03-06 10:00", "profile_updated", {"points": 9}),
    ]
    entered = entries("{segment: rich}", events, metrics=METRICS, more="reentry: always")
    left = entries("{segment: rich, change: left}", events, metrics=METRICS, more="reentry: always")
    assert (entered, left) == (["2025-03-04 10:00 entered"], ["2025-03-06 10:00 entered"])


def test_a_segment_that_time_changes_is_looked_at_at_the_ticks_of_the_clock() -> None:
    events: list[Happening] = [("2025-03-03 10:00", "bought")]
    assert entries("{segment: dormant}", events, metrics=METRICS) == ["2025-04-03 06:00 entered"]


def test_a_member_at_first_sight_has_not_entered_the_segment() -> None:
    contact = {"points": 50, "timezone": "Europe/Paris"}
    assert entries("{segment: rich}", [("2025-03-03 10:00", "noted")], contact, metrics=METRICS) == []


def test_a_changed_attribute_is_a_trigger_with_both_values() -> None:
    events: list[Happening] = [
        ("2025-03-03 10:00", "noted"),
        ("2025-03-04 10:00", "profile_updated", {"points": 5}),
        ("2025-03-05 10:00", "profile_updated", {"points": 5}),
        ("2025-03-06 10:00", "profile_updated", {"points": 20}),
    ]
    trigger = "{attribute: points, where: event.after > 10 and event.before < 10}"
    assert entries(trigger, events) == ["2025-03-06 10:00 entered"]
    assert len(entries("{attribute: points}", events, more="reentry: always")) == 2


def test_a_row_of_the_contacts_table_changes_attributes_too() -> None:
    assert entries("{attribute: points}", [("2025-03-04 10:00", "row", {"points": 5})]) == ["2025-03-04 10:00 entered"]


FIRST = """
scenario: first
priority: 90
trigger: {event: started}
states:
  waiting:
    on: {stopped: {end: gave_up}, bought: {end: bought}}
    after: {2d: {end: late}}
"""


@pytest.mark.parametrize(
    ("outcome", "entered"), [("", True), (", outcome: gave_up", True), (", outcome: [late, bought]", False)]
)
def test_the_outcome_of_another_scenario_is_a_trigger(outcome: str, entered: bool) -> None:
    follows = f"scenario: follows\ntrigger: {{scenario: first{outcome}}}\n{IN}"
    story = run([FIRST, follows], [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "stopped")])
    assert [entry.scenario for entry in story.entries] == ["first", "follows"][: 1 + entered]


def test_an_event_enters_through_the_first_of_a_list_of_triggers() -> None:
    entered = entries("[{event: started, where: event.n > 3}, {event: bought}]",
                   [("2025-03-03 10:00", "started", {"n": 1}), ("2025-03-04 10:00", "bought")])  # fmt: skip
    assert entered == ["2025-03-04 10:00 entered"]


def test_each_starts_a_journey_for_each_element() -> None:
    scenario = """
scenario: s
trigger: {event: started, each: event.items}
audience: item.price > 5
key: item.sku
states:
  in: {set: {paid: =item.price}, on: {stopped: {end: over}}}
"""
    items = [{"sku": "A", "price": 9}, {"sku": "B", "price": 1}, {"sku": "C", "price": 7}]
    story = run(scenario, [("2025-03-03 10:00", "started", {"items": items})])
    assert story.texts == ["entered A", "-> in", "refused audience", "entered C", "-> in"]
    assert [each.captures["paid"] for each in story.state.journeys["s"]] == [9, 7]


BROADCAST = """
profile:
  email: string
  email_optin: boolean
  push_token: string
  push_optin: boolean
  phone: string
  sms_optin: boolean
  advisor: string
  timezone: string
events:
  viewed: {properties: {sku: string}}
  price_changed: {broadcast: true, properties: {sku: string, price: number}}
"""


def test_a_broadcast_is_offered_to_contacts_that_match_its_where() -> None:
    scenario = """
scenario: s
trigger: {event: price_changed, where: event.sku in metric.skus}
key: event.sku
states:
  in: {set: {price: =event.price}, on: {price_changed: {set: {price: =event.price}}}}
"""
    metrics = "metrics:\n  skus: {list: event.sku, of: viewed}\n"
    story = run(
        scenario,
        [
            ("2025-03-03 10:00", "viewed", {"sku": "A"}),
            ("2025-03-03 11:00", "price_changed", {"sku": "B", "price": 1}),
            ("2025-03-03 12:00", "price_changed", {"sku": "A", "price": 2}),
            ("2025-03-03 13:00", "price_changed", {"sku": "A", "price": 3}),
        ],
        plan=BROADCAST,
        metrics=metrics,
    )
    assert story.texts == ["entered A", "-> in", "refused taken"]
    assert story.captured("price") == 3


def test_no_contact_enters_a_scenario_outside_its_days() -> None:
    events: list[Happening] = [(f"2025-03-0{day} 12:00", "started") for day in (1, 2, 3, 4)]
    entered = entries("{event: started}", events, more="active: {from: 2025-03-02, until: 2025-03-03}\nreentry: always")
    assert entered == [
        "2025-03-01 12:00 refused inactive",
        "2025-03-02 12:00 entered",
        "2025-03-03 12:00 entered",
        "2025-03-04 12:00 refused inactive",
    ]


def exclusive(name: str, priority: int, event: str) -> str:
    return f"""
scenario: {name}
priority: {priority}
exclusive: promotions
trigger: {{event: {event}}}
states:
  in: {{on: {{stopped: {{end: over}}}}}}
"""


def test_a_higher_priority_displaces_in_an_exclusive_group_and_a_lower_is_refused() -> None:
    high, low = exclusive("high", 80, "started"), exclusive("low", 20, "bought")
    first_low = run([high, low], [("2025-03-03 10:00", "bought"), ("2025-03-03 11:00", "started")])
    assert first_low.texts == ["entered", "-> in", "end displaced", "entered", "-> in"]
    first_high = run([high, low], [("2025-03-03 10:00", "started"), ("2025-03-03 11:00", "bought")])
    assert first_high.texts == ["entered", "-> in", "refused exclusive"]


def test_an_exclusive_scenario_has_one_journey_for_all_keys() -> None:
    scenario = """
scenario: s
exclusive: promotions
trigger: {event: started}
key: event.id
while_running: %s
states:
  in: {on: {stopped: {end: over}}}
"""
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"id": "a"}),
        ("2025-03-03 11:00", "started", {"id": "b"}),
        ("2025-03-03 12:00", "started", {"id": "a"}),
    ]
    assert run(scenario % "ignore", events).texts == ["entered a", "-> in", "refused exclusive", "refused running"]
    assert run(scenario % "restart", events).texts[2:] == ["refused exclusive", "end restarted", "entered a", "-> in"]
