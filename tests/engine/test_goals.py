"""Goals, conversions and outcomes (sections 3 and 9)."""

from __future__ import annotations

import pytest

from tests.engine.worlds import Happening, moment, run

START: Happening = ("2025-03-03 10:00", "started")
BOUGHT: Happening = ("2025-03-05 10:00", "bought")


def aims(goal: str, states: str = "in: {after: {90d: {end: over}}}", *settings: str) -> str:
    listed = "\n".join(settings)
    return f"scenario: aims\ntrigger: {{event: started}}\n{listed}\ngoal: {goal}\nstates:\n  {states}\n"


def test_the_goal_converts_and_ends_the_journey() -> None:
    story = run(aims("{event: bought, value: event.n}"), [START, ("2025-03-04 10:00", "bought", {"n": 95})])
    assert story.lines[2:] == ["2025-03-04 10:00 converted 95", "2025-03-04 10:00 end converted"]


def test_ends_gives_the_outcome_its_name() -> None:
    story = run(aims("{event: bought, ends: recovered}"), [START, ("2025-03-04 10:00", "bought")])
    assert story.texts[2:] == ["converted", "end recovered"]


def test_a_goal_that_only_measures_leaves_the_event_to_the_transitions() -> None:
    states = "in: {on: {bought: thanks}}\n  thanks: {send: {email: a/b}, end: ordered}"
    story = run(aims("{event: bought, ends: false}", states), [START, ("2025-03-04 10:00", "bought")])
    assert story.texts[2:] == ["converted", "-> thanks (on bought)", "email a/b", "end ordered"]


def test_the_goal_is_checked_before_the_transitions_of_the_state() -> None:
    states = "in: {on: {bought: {end: by_transition}}}"
    story = run(aims("{event: bought}", states), [START, ("2025-03-04 10:00", "bought")])
    assert story.outcomes == ["converted"]


def test_an_event_that_where_excludes_does_not_reach_the_goal() -> None:
    scenario = aims("{event: bought, where: event.n > 5}", "in: {on: {bought: {end: by_transition}}}")
    story = run(scenario, [START, ("2025-03-04 10:00", "bought", {"n": 5})])
    assert (story.conversions, story.outcomes) == ([], ["by_transition"])


def test_where_can_read_the_state_of_the_journey() -> None:
    scenario = aims(
        "{event: bought, where: journey.state == 'two'}", "one: {after: {1h: two}}\n  two: {after: {9d: {end: over}}}"
    )
    assert run(scenario, [START, ("2025-03-03 10:30", "bought")]).conversions == []
    assert len(run(scenario, [START, ("2025-03-03 11:30", "bought")]).conversions) == 1


@pytest.mark.parametrize(
    ("within", "at", "converts"),
    [
        ("7d", "2025-03-10 10:00", True),  # at most: the last instant is included
        ("7d", "2025-03-10 10:00:01", False),
        # A day is 24 elapsed hours: clocks go forward on 30 March, so 28 days end an hour later in local time.
        ("28d", "2025-03-31 11:00", True),
        ("28d", "2025-03-31 11:01", False),
    ],
)
def test_within_counts_elapsed_from_the_entry(within: str, at: str, converts: bool) -> None:
    story = run(aims(f"{{event: bought, within: {within}}}"), [START, (at, "bought")])
    assert bool(story.conversions) == converts


@pytest.mark.parametrize(("at", "converts"), [("2025-04-02 11:00", True), ("2025-04-02 11:01", False)])
def test_within_left_out_is_30_days(at: str, converts: bool) -> None:
    assert bool(run(aims("{event: bought}"), [START, (at, "bought")]).conversions) == converts


def test_after_the_window_a_goal_event_still_ends_a_running_journey() -> None:
    story = run(aims("{event: bought, within: 1d, ends: recovered}"), [START, ("2025-03-10 10:00", "bought")])
    assert story.texts[2:] == ["end recovered"]


def test_a_goal_after_the_journey_s_end_converts() -> None:
    scenario = aims("{event: bought, within: 7d}", "in: {after: {1h: {end: over}}}")
    story = run(scenario, [START, ("2025-03-05 10:00", "bought")])
    assert story.lines[2:] == ["2025-03-03 11:00 end over", "2025-03-05 10:00 converted"]


def test_a_goal_after_the_journey_s_end_and_window_does_not() -> None:
    scenario = aims("{event: bought, within: 7d}", "in: {after: {1h: {end: over}}}")
    assert run(scenario, [START, ("2025-03-20 10:00", "bought")]).conversions == []


@pytest.mark.parametrize("ends", ["false", "recovered"])
def test_a_journey_converts_once(ends: str) -> None:
    events: list[Happening] = [START, ("2025-03-04 10:00", "bought"), ("2025-03-05 10:00", "bought")]
    story = run(aims(f"{{event: bought, ends: {ends}}}"), events)
    assert [conversion.at for conversion in story.conversions] == [moment("2025-03-04 10:00")]


def test_goal_events_after_the_window_are_not_conversions() -> None:
    events: list[Happening] = [START, ("2025-03-10 10:00", "bought"), ("2025-03-11 10:00", "bought")]
    assert run(aims("{event: bought, within: 1d, ends: false}"), events).conversions == []


def test_each_journey_of_a_contact_converts_for_itself() -> None:
    scenario = aims("{event: bought}", "in: {after: {9d: {end: over}}}", "reentry: always")
    events: list[Happening] = [
        START,
        ("2025-03-04 10:00", "bought"),
        ("2025-03-05 10:00", "started"),
        ("2025-03-06 10:00", "bought"),
    ]
    # The first journey converted before the second purchase.
    assert [clause for clause in run(scenario, events).texts if clause == "converted"] == ["converted"] * 2


def test_an_earlier_journey_whose_window_is_open_converts_with_a_later_one() -> None:
    scenario = aims("{event: bought, within: 7d}", "in: {after: {1h: {end: over}}}", "reentry: always")
    events: list[Happening] = [START, ("2025-03-04 10:00", "started"), ("2025-03-05 10:00", "bought")]
    story = run(scenario, events)
    assert [conversion.journey_id for conversion in story.conversions] == [entry.journey_id for entry in story.entries]


def test_a_journey_that_was_restarted_does_not_convert() -> None:
    scenario = aims("{event: bought}", "in: {after: {9d: {end: over}}}", "while_running: restart")
    story = run(scenario, [START, *[(f"2025-03-04 1{hour}:00", "started") for hour in range(4)], BOUGHT])
    assert [conversion.journey_id for conversion in story.conversions] == [story.entries[-1].journey_id]


def test_a_journey_that_was_displaced_does_not_convert() -> None:
    low = aims("{event: bought}", "in: {after: {9d: {end: over}}}", "exclusive: promo", "priority: 10")
    high = "scenario: high\npriority: 90\nexclusive: promo\ntrigger: {event: changed}\ngoal: {event: bought}\n"
    high += "states: {in: {after: {9d: {end: over}}}}\n"
    story = run([low, high], [START, ("2025-03-04 10:00", "changed"), BOUGHT])
    assert [conversion.scenario for conversion in story.conversions] == ["high"]


def test_a_journey_that_converted_and_was_restarted_keeps_its_conversion() -> None:
    scenario = aims(
        "{event: bought, ends: false}", "in: {after: {9d: {end: over}}}", "while_running: restart", "reentry: always"
    )
    story = run(scenario, [START, ("2025-03-04 10:00", "bought"), ("2025-03-04 11:00", "started"), BOUGHT])
    assert [conversion.journey_id for conversion in story.conversions] == [entry.journey_id for entry in story.entries]


def test_the_entering_event_is_not_its_own_goal_but_the_next_one_is() -> None:
    scenario = aims("{event: started}", "in: {after: {9d: {end: over}}}", "while_running: parallel", "reentry: always")
    story = run(scenario, [START, ("2025-03-04 10:00", "started")])
    assert [conversion.at for conversion in story.conversions] == [moment("2025-03-04 10:00")]
    assert story.conversions[0].journey_id == story.entries[0].journey_id


def test_a_goal_at_the_instant_of_the_entry_but_after_it_converts() -> None:
    story = run(aims("{event: bought}"), [START, ("2025-03-03 10:00", "bought")])
    assert story.texts[2:] == ["converted", "end converted"]


def test_a_goal_before_the_entry_is_none() -> None:
    story = run(aims("{event: bought}"), [("2025-03-03 10:00", "bought"), START])
    assert story.conversions == []


def test_a_goal_of_a_group_takes_each_of_its_events() -> None:
    assert run(aims("{event: interest}"), [START, ("2025-03-04 10:00", "clicked")]).outcomes == ["converted"]


def test_a_goal_concerns_the_journey_whose_key_it_names() -> None:
    scenario = aims("{event: bought}", "in: {after: {9d: {end: over}}}", "key: event.id")
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"id": "a"}),
        ("2025-03-03 10:01", "started", {"id": "b"}),
    ]
    named = run(scenario, [*events, ("2025-03-04 10:00", "bought", {"id": "b"})])
    assert [conversion.journey_id for conversion in named.conversions] == [named.entries[1].journey_id]
    unnamed = run(scenario, [*events, ("2025-03-04 10:00", "bought", {})])
    assert len(unnamed.conversions) == 2


def test_a_goal_after_the_end_too_concerns_the_journey_it_names() -> None:
    scenario = aims("{event: bought}", "in: {end: over}", "key: event.id")
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"id": "a"}),
        ("2025-03-04 10:00", "bought", {"id": "b"}),
    ]
    assert run(scenario, events).conversions == []


def test_any_key_lets_every_purchase_count() -> None:
    scenario = aims("{event: bought, any_key: true}", "in: {after: {9d: {end: over}}}", "key: event.id")
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"id": "a"}),
        ("2025-03-04 10:00", "bought", {"id": "b"}),
    ]
    assert run(scenario, events).outcomes == ["converted"]


def test_of_in_a_goal_accepts_only_clicks_on_that_message() -> None:
    scenario = aims(
        "{event: clicked, of: one}",
        "one: {send: {email: a/b}, after: {1h: two}}\n  two: {send: {email: a/c}, after: {9d: {end: over}}}",
    )
    first, second = (message.message_id for message in run(scenario, [START], until="2025-03-03 12:00").messages)
    assert len(run(scenario, [START, ("2025-03-03 12:00", "clicked", {"message_id": first})]).conversions) == 1
    assert run(scenario, [START, ("2025-03-03 12:00", "clicked", {"message_id": second})]).conversions == []


# -- credit and value


TWO_MAILS = "one: {send: {email: a/b}, after: {1d: two}}\n  two: {send: {email: a/c}, after: {9d: {end: over}}}"


def test_a_conversion_is_credited_to_the_last_message_that_left_before_it() -> None:
    story = run(aims("{event: bought}", TWO_MAILS), [START, ("2025-03-05 10:00", "bought")])
    assert story.conversions[0].credited == story.messages[1].message_id


def test_a_message_due_at_the_instant_of_the_purchase_has_not_left_before_it() -> None:
    story = run(
        aims("{event: bought, ends: false}", TWO_MAILS),
        [START, ("2025-03-04 10:00", "bought")],
        until="2025-03-04 10:00",
    )
    assert len(story.messages) == 2
    assert story.conversions[0].credited == story.messages[0].message_id


def test_a_dropped_message_is_given_no_credit() -> None:
    contact = {"push_token": "x", "push_optin": True}
    states = "one: {send: {push: a/b}, after: {1d: two}}\n  two: {send: {email: a/c}, after: {9d: {end: over}}}"
    story = run(aims("{event: bought}", states), [START, ("2025-03-05 10:00", "bought")], contact)
    assert [message.reason for message in story.messages] == ["", "no_address"]
    assert story.conversions[0].credited == story.messages[0].message_id


def test_without_a_message_nothing_is_credited() -> None:
    assert run(aims("{event: bought}"), [START, ("2025-03-04 10:00", "bought")]).conversions[0].credited is None


def test_another_journey_s_message_is_given_no_credit() -> None:
    scenario = aims(
        "{event: bought}",
        "one: {send: {email: {template: a/b, if: trigger.n > 5}}, after: {9d: {end: over}}}",
        "key: event.id",
    )
    events: list[Happening] = [
        ("2025-03-03 10:00", "started", {"id": "a", "n": 1}),
        ("2025-03-03 10:01", "started", {"id": "b", "n": 9}),
        ("2025-03-04 10:00", "bought", {}),
    ]
    story = run(scenario, events)
    assert [conversion.credited for conversion in story.conversions] == [None, story.messages[0].message_id]


def test_a_missing_value_is_none_and_still_a_conversion() -> None:
    story = run(aims("{event: bought, value: event.n * 2}"), [START, ("2025-03-04 10:00", "bought")])
    assert [conversion.value for conversion in story.conversions] == [None]


def test_a_value_that_does_not_fit_is_none_and_a_data_warning() -> None:
    story = run(aims("{event: bought, value: event.x * 2}"), [START, ("2025-03-04 10:00", "bought", {"x": "many"})])
    assert [conversion.value for conversion in story.conversions] == [None]
    assert len(story.warnings) == 1


def test_every_entry_ends_once_or_runs() -> None:
    scenario = aims("{event: bought}", "in: {on: {bought: {end: other}}, after: {1h: {end: over}}}", "reentry: always")
    events: list[Happening] = [START, ("2025-03-03 11:00", "bought"), ("2025-03-04 10:00", "started")]
    story = run(scenario, events)
    assert (story.outcomes, story.running) == (["converted"], 1)
