"""Scenarios: triggers and rules of entry around the states."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

from tests.choices import choice
from tests.reference.strategies.conditions import DEFINE, conditions
from tests.reference.strategies.plan import STATES
from tests.reference.strategies.states import answers, states

EVENT_TRIGGERS = (
    "{event: started}", "{event: begin}", "{event: started, where: event.n > 5}", "{event: noted, where: event.x > 2}",
    "{event: scored}", "{event: message.sent, where: event.channel == 'push'}",
    "{event: message.sent, where: \"'promo' in event.tags or event.purpose == 'transactional'\"}",
    "{event: profile.updated}", "{event: priced, where: event.s == contact.country}",
    "{event: started, each: event.items}", "{event: changed, each: event.x}",
    "{event: started, each: event.rows}", "{event: begin, each: event.rows}", "{event: begin, each: event.rows}",
)  # fmt: skip
OTHER_TRIGGERS = (
    "{absence: bought, for: 1d, since: started}", "{absence: interest, for: 2h}", "{absence: bought, for: 1d at 09:00}",
    "{absence: changed, for: 1w, since: interest}",
    "{absence: bought, for: 1d, since: started, by: id}", "{absence: interest, for: 2h, by: n}",
    "{absence: bought, for: 1d at 09:00, since: begin, by: id}",
    "{schedule: at 09:00 on mon}", "{schedule: at 18:00 on sun, each: contact.tags}",
    "{schedule: at 02:30 on first weekday}", "{schedule: at 02:30}", "{schedule: cron 0 12 1 * *, timezone: project}",
    "{at: 2025-03-30 02:30}", "{at: 2025-10-27 10:00, timezone: project}",
    "{date: contact.birthday, every: year, at: '09:00'}", "{date: contact.birthday, offset: -7d, every: year}",
    "{date: contact.renewal}", "{date: contact.renewal, offset: -1d, at: '10:00', every: once}",
    "{date: contact.renewal, offset: +1mo}",
    "{segment: s1}", "{segment: s1, already_in: true}", "{segment: s1, change: left}",
    "{segment: s1, already_in: true}",
    "{segment: s2, already_in: true}", "{segment: s2}",
    "{attribute: tier}", "{attribute: points, where: event.after > 3}",
    "{attribute: country, where: event.before is none}",
    "{scenario: first}", "{scenario: second, outcome: [stopped, displaced]}",
    "{scenario: first, outcome: [error, restarted]}",
)  # fmt: skip


# Group settings of scenarios; all scenarios of one group have the same limit.
GROUPS = (
    ("", "", "", "promo"),
    ("", "promo", "{group: promo, wait: 2d}", "{group: promo, wait: 90min}"),
    ("", "{group: promo, limit: 2}", "{group: promo, limit: 2, wait: 3d}"),
)


AUDIENCES = ("", "", "", "contact.country != 'DE'", "metric.m1 < 3", "not rich", "not segment.s1")
RIVAL_GROUPS = ("promo", "{group: promo, wait: 2d}", "{group: promo, wait: 90min}", "{group: promo, wait: 1mo}")


@st.composite
def scenarios(
    draw: st.DrawFn, name: str, other_names: Sequence[str], groups: Sequence[str], rivals: bool = False
) -> str:
    """A scenario of two to four states. `rivals` share their events of entry and one exclusive group.

    One in five restarts at each event of the log's most frequent kinds, in any state of its journey.
    """
    names = STATES[: draw(st.integers(2, 4))]
    lines = [f"scenario: {name}", f"priority: {draw(choice((10, 50, 50, 90)))}"]
    restarts = not rivals and draw(st.integers(0, 4)) == 0
    triggers = (
        [f"{{event: {draw(choice(('started', 'started', 'changed')))}}}"]
        if rivals or restarts
        else draw(_triggers(other_names))
    )
    lines.append(f"{DEFINE}trigger: [{', '.join(triggers)}]")
    for key, among in (
        ("reentry", ("always", "1d") if rivals else ("", "", "always", "never", "1d", "always", "1mo12h")),
        (
            "while_running",
            ("restart",)
            if restarts
            else ("",)
            if any(map(_IN_TURN.search, triggers))
            else ("", "restart", "restart", "parallel"),
        ),
        ("key", ("",) if restarts else _keys(triggers)),
        (
            "audience",
            ("",) if rivals or restarts else AUDIENCES,
        ),
        ("holdout", ("", "", "", "", "", "", "", "50%")),
        ("max_running", ("",) if restarts else ("", "", "1", "1", "2")),
        ("exclusive", RIVAL_GROUPS if rivals else groups),
        ("active", ("", "", "", "", "", "", "{from: 2025-01-31, until: 2025-10-26}")),
        ("program", ("", "one", "two")),
        ("timezone", ("", "", "", "project", "contact")),
    ):
        picked = draw(choice(among))
        lines += [f"{key}: {picked}"] if picked else []
    if draw(st.booleans()):
        ends = draw(choice(("false", "bought", "bought")))
        more = draw(choice(("", ", within: 2d", ", where: event.n > 5", ", any_key: true")))
        lines.append(f"goal: {{event: bought, value: event.n, ends: {ends}{more}}}")
    # An event that a journey collects cannot start another journey, so collect an event of a trigger.
    taking = re.search(r"event: (started|changed|begin|noted)", triggers[0])
    if taking is not None and draw(st.integers(0, 2)) == 0:
        more = f", {taking[1]}: {{collect: got}}"
    else:
        more = f", {draw(answers(names))}" if draw(st.integers(0, 2)) == 0 else ""
    lines.append(f"on: {{stopped: {{end: stopped}}{more}}}")
    if draw(st.integers(0, 4)) == 0:
        onto = draw(choice(("{end: watched}", "{end: watched}", *names)))
        lines.append(f"when: {{{draw(conditions())}: {onto}}}")
    lines.append("states:")
    # Every scenario captures `it` and `got` somewhere, so that every condition can read them.
    captured = ["set: {it: 0, got: []}"]
    for place, state in enumerate(names):
        parts = draw(states(names, place))
        lines.append(f"  {state}: {{{', '.join((captured if place == 0 else []) + parts)}}}")
    text = "\n".join(lines) + "\n"
    # A trigger without an event of the plan has no such properties: a captured value replaces them.
    return text if any(_has_properties(trigger) for trigger in triggers) else _PROPERTY.sub("it", text)


# Triggers that a scenario itself can fire: with `restart` or `parallel` it would fire itself endlessly at one instant.
_IN_TURN = re.compile(r"scored|message|profile|noted|begin|attribute|scenario|segment")
_PROPERTY = re.compile(r"trigger\.(n|s|x|items|due)\b")


def _has_properties(trigger: str) -> bool:
    return any(
        f"{word}: {name}" in trigger for word in ("event", "since") for name in ("started", "begin", "noted", "changed")
    )


def _keys(triggers: Sequence[str]) -> tuple[str, ...]:
    each = [trigger for trigger in triggers if "each: " in trigger]
    if each and all("each: event.rows" in one for one in each):
        return ("item.id", "item.id", "[item.id, trigger.n]", "[item.n, item.id]", "item", "")
    if each:
        return ("item", "item", "")
    if any(_has_properties(trigger) for trigger in triggers):
        return ("", "", "", "event.id", "event.n", "trigger.id", "[event.id, trigger.n]")
    if all("message." in trigger or "scenario: " in trigger or "profile.updated" in trigger for trigger in triggers):
        return ("", "event.key")
    return ("",)


@st.composite
def _triggers(draw: st.DrawFn, other_names: Sequence[str]) -> list[str]:
    kinds = [
        trigger
        for trigger in OTHER_TRIGGERS
        if "scenario:" not in trigger or trigger.split()[1].strip(",}") in other_names
    ]
    plain = choice(EVENT_TRIGGERS[:4])
    event, other = choice(EVENT_TRIGGERS), choice(kinds)
    picked = [draw(st.one_of(plain, plain, event, other))]
    if draw(st.booleans()):
        picked.append(draw(st.one_of(event, other)))
    return picked
