"""States: their actions, messages, waits and exits."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.choices import choice
from tests.reference.strategies.conditions import VALUES, conditions, quoted

WAITS = (
    "1h", "90min", "1d", "1mo", "2d at 10:00 on weekdays", "at 02:30", "at 18:00", "1d12h", "20h at 09:00",
    "1d on mon,thu", "1w at 00:00", "at 02:30 on last sun", "2d at 10:00 on first tue", "1h on day 1,15,30",
    "1d on last weekday,mon", "cron 30 2 * * *", "cron 0 9 1 * *", "cron */45 8-17 * * mon-fri",
)  # fmt: skip
DATA_WAITS = (
    "wait: date contact.renewal", "wait: 1d before date contact.renewal at 10:00", "wait: 2h after date trigger.due",
    "wait: 1mo before date contact.renewal", "wait: date contact.birthday at 09:00",
    "wait: 1d before date contact.renewal at 02:30 before on weekdays", "wait: date trigger.due on last day,first mon",
    "wait: date contact.renewal before on second sun, at: contact.hour", "for: contact.delay",
    "wait: 3d, since: journey.entered_at", "wait: 2h before date trigger.due before on day 1,last fri",
    "wait: 1d at 02:30, since: trigger.timestamp", "wait: at 18:00 on first mon, since: contact.renewal",
    "for: trigger.x, since: journey.entered_at", "wait: 1d, at: contact.hour, since: metric.latest",
    "at: contact.hour", "wait: 1d, at: contact.hour", "wait: 20h, at: metric.m2", "for: trigger.x",
)  # fmt: skip


MESSAGES = (
    "{email: m/a}", "{email: m/a, push: m/b}", "{first_of: [{push: m/b}, {sms: m/c}, {email: m/a}]}",
    "{email: {template: m/a, purpose: transactional}}", "{sms: {template: m/c, if: contact.points > 3}, push: m/b}",
    "{email: {template: m/a, with: {code: A, n: =trigger.n, it: =it}}}",
    "{email: {template: m/b, to: contact.advisor}}",
    "{push: {template: m/a, on_cap: delay, on_quiet: drop, tags: [promo]}}", "{sms: {template: m/a, expires: 6h}}",
    "{push: {template: m/a, expires: {until: contact.renewal}}, ads: {template: m/c, expires: {until: 2025-10-26}}}",
    "{sms: {template: m/c, expires: {until: trigger.due}}}",
    "{ads: m/c, desk: m/c}",
    "{push: {template: m/b, with: {got: '=got | length', m: =metric.m1}, tags: [promo]}, sms: m/b}",
)  # fmt: skip


@st.composite
def answers(draw: st.DrawFn, names: Sequence[str]) -> str:
    """A transition. On an event that scenarios emit, it emits none: another scenario could react, and so on."""
    outside = choice(FROM_OUTSIDE)
    event = draw(st.one_of(outside, outside, choice(MADE)))
    to = draw(choice((*names, "{end: led_out}")))
    where = quoted(draw(choice(("contact.points > 3", "count('bought') > 0", "metric.m1 > 1", "it == 1"))))
    kinds = [
        to,
        to,
        to,
        f"{{where: {where}, to: {to}}}",
        f"{{set: {{it: '=it + 1'}}, to: {to}}}",
        "{collect: got}",
        f"[{{where: {where}, to: {to}}}, {{collect: got, set: {{it: 1}}}}]",
        f"{{any_key: true, to: {to}}}",
        f"{{send: {draw(choice(ANSWERS))}}}",
        f"{{send: {draw(choice(ANSWERS))}}}",
        f"{{where: {where}, send: {draw(choice(ANSWERS))}, collect: got}}",
    ]
    if event in FROM_OUTSIDE:
        kinds.append("{update: {points: '=contact.points + 1', tier: silver}}")
        kinds.append("{emit: {event: scored, with: {n: '=metric.m1', s: a}}}")
    if event.startswith("message.") or event == "clicked":
        kinds.append(f"{{of: {draw(choice(names))}, to: {to}}}")
    return f"{event}: {draw(choice(kinds))}"


# Messages of transitions. A state's message with the same channel and template has the same tags.
ANSWERS = (
    "{push: {template: m/c, with: {what: '=event.event', got: '=got | length'}, tags: [promo]}, email: m/a}",
    "{first_of: [{sms: {template: m/c, if: contact.points > 3}}, {email: m/b}]}",
    "{email: {template: m/a, on_cap: delay, expires: 2d, if: it != 2}, push: {template: m/c, tags: [promo]}}",
    "{sms: {template: m/a, on_quiet: delay}, email: {template: m/b, purpose: transactional}}",
)
FROM_OUTSIDE = ("started", "changed", "clicked", "interest", "priced")
MADE = ("scored", "message.sent", "message.dropped", "profile.updated", "journey.ended", "noted")


@st.composite
def states(draw: st.DrawFn, names: Sequence[str], place: int) -> list[str]:
    """A state's parts. Moves at once lead forward, so that no circle lacks a wait."""
    parts: list[str] = []
    onward = (*names[place + 1 :], "{end: led_on}")
    anywhere = (*names, "{end: waited}")
    if place and draw(st.booleans()):
        parts.append(f"set: {{it: {draw(choice(VALUES))}}}")
    if draw(st.integers(0, 4)) == 0:
        parts.append(f"update: {draw(choice(UPDATES))}")
    if draw(st.integers(0, 5)) == 0:
        parts.append(f"emit: {draw(choice(EMITS))}")
    if draw(st.integers(0, 2)):
        parts.append(f"send: {draw(choice(MESSAGES))}")
    if draw(st.integers(0, 5)) == 0:
        parts.append("frees_key: true")
    last = place == len(names) - 1
    onto = ("wait", "wait", "wait") if last else ("next", "split", "split")
    kinds = ("wait", "wait", "wait", "choose", "end", *onto)
    match draw(choice(kinds if place else ("wait", "wait", "wait", "split"))):
        case "end":
            parts.append("end: finished")
        case "next":
            parts.append(f"next: {draw(choice(names[place + 1 :]))}")
        case "split":
            unit = draw(choice(("", ", unit: journey")))
            arms = dict.fromkeys(draw(st.lists(choice(names[place + 1 :]), min_size=1, max_size=3)))
            weights = draw(choice(WEIGHTS[len(arms)]))
            parts.append(f"split: {{{', '.join(map('{}: {}'.format, arms, weights))}{unit}}}")
        case "choose":
            chosen, other = draw(choice(onward)), draw(choice(onward))
            parts.append(f"choose: {{{draw(conditions())}: {chosen}, else: {other}}}")
        case _:
            parts += draw(_waiting(names, anywhere))
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"when: {{{draw(conditions())}: {draw(choice(onward))}}}")
    return parts


RAMP = "{from 2025-03-29: 20%, from 2025-04-02: 70.5%, from 2025-10-26: 30%}"
WEIGHTS = {
    1: (("1",), ("rest",)),
    2: (("1", "2"), ("30%", "rest"), (RAMP, "rest"), ("rest", RAMP)),
    3: (("1", "2", "3"), (RAMP, "{from 2025-03-30: 1%, from 2025-03-31: 29%}", "rest"), ("12.5%", "rest", RAMP)),
}
UPDATES = ("{points: 5}", "{tier: gold, points: '=contact.points + 1'}", "{renewal: '=now'}", "{country: '=trigger.s'}")
EMITS = (
    "{event: scored, with: {n: '=metric.m1', id: a}}",
    "[{event: noted, with: {n: 6, s: '=contact.tier'}}, {event: scored}]",
    "{event: profile_updated, with: {tier: gold, points: 9}}",
)


@st.composite
def _waiting(draw: st.DrawFn, names: Sequence[str], anywhere: Sequence[str]) -> list[str]:
    waits = [draw(_wait(anywhere, choice(WAITS).map(lambda text: f"wait: {text}")))]
    if draw(st.booleans()):
        waits.append(draw(_wait(anywhere, choice(DATA_WAITS))))
    parts = [f"after: [{', '.join(draw(st.permutations(waits)))}]"]
    if draw(st.integers(0, 3)):
        parts.append(f"on: {{{draw(answers(names))}}}")
    return parts


@st.composite
def _wait(draw: st.DrawFn, anywhere: Sequence[str], kinds: st.SearchStrategy[str]) -> str:
    wait = draw(kinds)
    parts = [f"wait: {quoted(wait[6:])}" if wait.startswith("wait: ") and ", " not in wait else wait]
    parts.append(f"to: {draw(choice(anywhere))}")
    parts += [f"if: {draw(conditions())}"] if draw(st.integers(0, 2)) == 0 else []
    if any(word in wait for word in ("date ", "for:", "at:", "since:")):
        for key in ("if_missing",) if "since:" in wait and draw(st.booleans()) else ("if_past", "if_missing"):
            parts.append(f"{key}: {draw(choice(('never', 'never', 'now', '{end: late}', names_of(anywhere))))}")
    return f"{{{', '.join(parts)}}}"


def names_of(anywhere: Sequence[str]) -> str:
    return anywhere[-2]
