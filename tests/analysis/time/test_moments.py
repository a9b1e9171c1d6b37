"""The moment of a message in words, from YAML as it is written."""

from __future__ import annotations

from pathlib import Path

from scenario_cli.analysis.time.moments import moments
from scenario_cli.model.project import Project
from tests.analysis.projects import one_scenario
from tests.rows import rows

SEND = "m: {send: {email: hello}, after: {1d: {end: x}}}"


def when(project: Project, state: str = "m") -> list[str]:
    """The moments of the messages that a state sends on entering."""
    scenario = project.scenarios["one"]
    return moments(scenario, scenario.states[state].sendings[0])


@rows(
    ("trigger", "states", "expected"),
    [
        ("{event: viewed}", [SEND], ["at once: viewed"]),
        ("{schedule: at 09:00 on mon}", [SEND], ["every time: at 09:00 on mon"]),
        ("{event: viewed}", ["a: {after: {1d12h: m}}", SEND], ["1 day 12 hours after the entry"]),
        ("{event: viewed}", ["a: {after: {2d at 10:00 on weekdays: m}}", SEND],
         ["2 days after the entry, at 10:00, on weekdays"]),
        ("{event: viewed}", ["a: {after: {44h at 10:00: m}}", SEND],
         ["1 day 20 hours after the entry, at the next 10:00"]),
        ("{event: viewed}", ["a: {after: {at 18:00 on sat: m}}", SEND],
         ["at the next 18:00 after the entry, on Saturday"]),
        ("{event: viewed}", ["a: {after: {'at 18:00 on mon,first tue,day 22,last weekday': m}}", SEND],
         ["at the next 18:00 after the entry, on Monday or the last weekday of the month or the first Tuesday of the"
          " month or the 22nd of the month"]),
        ("{event: viewed}", ["a: {after: [{wait: 1d before date contact.birthday at 10:00 before on weekdays, to: m},"
                             " {wait: 90d, to: {end: y}}]}", SEND],
         ["1 day before contact.birthday at 10:00, back to weekdays"]),
        ("{event: viewed}", ["a: {after: {cron 0 9 1 * *: m}}", SEND],
         ["at the next time of cron '0 9 1 * *' after the entry"]),
        ("{event: viewed}", ["a: {after: [{wait: 1d before date contact.birthday at 10:00, if_past: m,"
                             " if_missing: {end: y}, to: b}]}",
                             "b: {end: x}", SEND],
         ["right after the entry, where it is past: 1 day before contact.birthday at 10:00"]),
        ("{event: viewed}", ["a: {on: {viewed: a}, after: {1h: m}}", SEND],
         ["1 hour after the entry or the last viewed"]),
        ("{event: viewed}", ["a: {send: {push: hello}, after: {1d: b}}",
                             "b: {choose: {trigger.price > 9: m, trigger.price > 5: c, else: c}}", "c: {next: m}",
                             SEND],
         ["1 day after the message of a, if trigger.price > 9", "1 day after the message of a, if trigger.price > 5",
          "1 day after the message of a, unless trigger.price > 9 or trigger.price > 5"]),
        ("{event: viewed}", ["a: {split: {m: 1, b: 3}}", "b: {end: x}", SEND],
         ["right after the entry, for 25% of the contacts"]),
        ("{event: viewed}", ["a: {on: {left: m}, after: {1d: b}}", "b: {on: {left: m}, after: {1d: {end: x}}}", SEND],
         ["when left comes in a or b"]),
        ("{event: viewed}", ["a: {on: {left: b}, after: {9d: {end: x}}}", "b: {after: {1h: m}}", SEND],
         ["when left comes in a, 1 hour after that"]),
        ("{event: viewed}", ["a: {when: {contact.tier == 'gold': m}, after: {9d: {end: x}}}", SEND],
         ["as soon as contact.tier == 'gold' in a"]),
        ("{event: viewed}", ["a: {after: {1mo: m}}", "m: {send: {email: hello}, next: a}"],
         ["1 month after the entry", "1 month after the message of m"]),
        ("{event: viewed}", ["a: {after: {1h: b}}", "b: {after: [{wait: 2h, if: trigger.price > 9, to: m}]}", SEND],
         ["1 hour after the entry, 2 hours after that, if trigger.price > 9"]),
        ("{event: viewed}", ["a: {end: x}", SEND], []),
    ],
)  # fmt: skip
def test_a_moment_counts_from_what_is_nearest(
    trigger: str, states: list[str], expected: list[str], tmp_path: Path
) -> None:
    written = "".join(f"  {state}\n" for state in states)
    project = one_scenario(tmp_path, f"trigger: {trigger}\nstates:\n{written}")
    assert when(project) == expected


def test_a_transition_of_every_state_can_send_at_any_time(tmp_path: Path) -> None:
    text = f"trigger: {{event: viewed}}\non: {{left: m}}\nstates:\n  a: {{after: {{1d: {{end: x}}}}}}\n  {SEND}\n"
    assert when(one_scenario(tmp_path, text)) == ["when left comes, at any time"]


def test_only_some_of_many_paths_are_listed_and_others_counted(tmp_path: Path) -> None:
    names = [f"s{number}" for number in range(9)]
    waits = ", ".join(f"{number + 1}h: {name}" for number, name in enumerate(names))
    states = "".join(f"  {name}: {{after: {{{number + 2}d: m}}}}\n" for number, name in enumerate(names))
    text = f"trigger: {{event: viewed}}\nstates:\n  a: {{after: {{{waits}}}}}\n{states}  {SEND}\n"
    moments = when(one_scenario(tmp_path, text))
    assert len(moments) == 7
    assert moments[-1] == "and in 3 other ways"


def test_an_answer_is_sent_each_time_its_event_comes(tmp_path: Path) -> None:
    text = """
trigger: {event: viewed}
on: {left: {send: {push: hello}}}
states:
  a: {on: {carted: {where: event.total > 9, send: {email: hello}}}, after: {1d: b}}
  b: {after: {2d: m}}
  m: {send: {email: hello}, end: x}
"""
    scenario = one_scenario(tmp_path, text).scenarios["one"]
    assert [moments(scenario, sending) for sending in scenario.sendings] == [
        ["each time that carted if event.total > 9 comes in a"],
        ["1 day after the entry, 2 days after that"],  # not after an answer, which possibly is never sent
        ["each time that left comes in any state"],
    ]
