"""Projects and logs made at random: small texts put together, so that a counterexample reads like a project.

Everything that the language has may turn up; nothing that a validator would refuse.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from scenario_cli.engine.tables import Table, Tables
from scenario_cli.language.project import load_project
from scenario_cli.model.event import ContactLog, Event
from scenario_cli.model.project import Project
from tests.engine.worlds import REACHABLE, moment
from tests.reference.interpreter import known_from

MINUTE = 60_000_000
BROADCAST = "priced"

EVENTS_YAML = """
profile:
  email: string
  email_optin: boolean
  push_token: string
  push_optin: boolean
  phone: string
  sms_optin: boolean
  advisor: string
  timezone: string
  country: string
  points: number
  tier: string
  birthday: date
  renewal: datetime
  tags: {type: array, items: {type: string}}
  hour: {description: a best hour}
  delay: {description: a length of time}
events:
  started: &any
    properties:
      id: string
      n: number
      s: string
      due: datetime
      items: {type: array, items: {type: number}}
      rows: {type: array, items: {type: object, properties: {id: string, n: number}}}
      message_id: string
      x: {description: whatever comes}
  changed: *any
  clicked: *any
  bought: *any
  stopped: *any
  noted: *any
  scored: *any
  priced: {broadcast: true, properties: {n: number, s: string}}
  profile_updated: {profile: true}
groups:
  begin: [started, noted]
  interest: [changed, clicked]
"""

PROJECT_YAML = """
project: world
timezone: {timezone}
salt: {salt}
clock: {clock}
channels:
  email: {{address: contact.email, consent: contact.email_optin}}
  push: {{address: contact.push_token, consent: contact.push_optin}}
  sms: {{address: contact.phone, consent: contact.sms_optin}}
  ads: {{recipient: system, address: contact.email, consent: contact.email_optin}}
  desk: {{recipient: staff, address: contact.advisor, consent: contact.email_optin}}
programs: {{one: {{}}, two: {{}}}}
tables: {{places: {{file: places.csv, key: country}}, ranks: {{file: places.csv, key: [country, rank]}}}}
constants: {{few: 3, near: [FR, BE], while: 2d, rank: {{FR: 1, US: 3}}, on: true}}
"""

PLACES_CSV = "country,zone,rank\nFR,near,1\nBE,near,2\nUS,far,3\n"
_ROWS = list(csv.DictReader(PLACES_CSV.splitlines()))
PLACES: dict[str, list[tuple[Any, int | None, dict[str, Any]]]] = {
    "places": [(row["country"], None, row) for row in _ROWS],
    "ranks": [((row["country"], row["rank"]), None, row) for row in _ROWS],
}

SCENARIOS = ("first", "second", "third")
STATES = ("one", "two", "three", "four")
OUTCOMES = ("led_on", "led_out", "waited", "finished", "stopped", "watched", "bought", "late", "lost")
SENDS = {
    "m/a": ("email", "push", "sms"),
    "m/b": ("push", "sms", "email"),
    "m/c": ("email", "sms", "push", "ads", "desk"),
}


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# --- conditions and values, by what may be read where they stand ------------------------------------------------

ABOUT_CONTACT = (
    "contact.points > 3", "contact.country == 'FR'", "contact.tier == 'gold'", "contact.renewal is none",
    "metric.m1 > 1", "metric.m2 is none", "metric.m2 == 6", "metric.m3 > 5", "metric.share > 0.4",
    "metric.level == 'high'", "'a' in metric.kinds", "metric.kinds | length > 1",
    "metric.m1 > 0 and contact.points < 9",
    "days_since(metric.latest) > 1.5", "days_since(contact.renewal) > 2", "now.hour < 12", "now.weekday == 'mon'",
    "lookup('places', contact.country).zone == 'far'", "lookup('ranks', contact.country, metric.m1).zone == 'near'",
    "contact.birthday.month == now.month",
    "contact.points > const.few and const.on", "contact.country in const.near",
    "metric.parts['a'] > 1", "metric.parts[6] > 5", "metric.many.true is none", "metric.many | length > 1",
    "metric.parts[metric.m3] == 1", "metric.parts == metric.many",
    "const.rank[contact.country] < metric.m1", "count('interest', within=const.while) > 1",
)  # fmt: skip
HISTORY = (
    "count('bought') > 1", "happened('clicked', within='2d')", "count('interest', within='90min') >= 2",
    "last('bought').n > 5", "last('changed', n=2).s == 'a'", "count('started', where=past.n > 5) == 1",
    "count('message.sent', within='1d') > 0", "happened('journey.ended')", "running('second')", "running('first')",
    "running('second', state='one')", "running('first', state='two')",
    "count('profile.updated') > 1", "segment.s1", "not segment.s2", "segment.s1 and segment.s2",
)  # fmt: skip
# Names that every scenario defines, each by those above it.
DEFINE = """define:
  rich: contact.points > const.few
  richer: rich and metric.m1 > 1
  recent: count('bought', within=const.while) > 0
  dear: item > const.few
"""
DEFINED = ("rich", "not richer", "recent or rich", "richer == recent", "rich if recent else contact.points")
# In a journey.
INSIDE = (
    "trigger.n > 5", "it == 1", "it is none", "trigger.items | length > 1", "any(trigger.items, item > 1)",
    "contact.points + trigger.n > 7", "journey.state == 'two'", "days_since(journey.entered_at) > 1.5",
    "got | length > 1", "it['a'] == 0", "it[6] is none", "any(trigger.items, dear)",
    "filter(trigger.items, not dear and rich) | length > 0",
    "happened('bought', since=journey.entered_at)", "count('changed', since=trigger.timestamp) == 1",
    "count('interest', within='3d', where=past.s == trigger.s) > 0", "got[0].n == 6", "journey.variant.two == 'three'",
    "happened('message.sent', of='one')", "count('message.dropped', of='two') == 1", "running('first', state='one')",
    "last('message.sent', of='one', within='2d').channel == 'push'", "count('clicked', of='one', where=past.n > 1) > 0",
)  # fmt: skip
ON_EVENT = ("event.n > 5", "event.x > 2", "event.id == 'a'", "event.n == metric.m3", "event.s == 'a'",
            "happened('bought', within='2d', where=past.n == event.n)", "contact.points > 3")  # fmt: skip
ON_CONTACT_EVENT = ("event.n > 5", "event.id == 'a'", "event.s == 'a'", "event.items | length > 1")
VALUES = (
    "1", "'=contact.points'", "'=metric.m1'", "'=metric.m2'", "'=now.hour'", "'=it'", "'=trigger.timestamp'",
    "'=count(\"bought\")'", "'=last(\"changed\").n'", "'=segment.s1'", "'=metric.level'", "'=metric.latest'",
    "'=metric.parts'", "'=metric.many'", "'=metric.parts[it]'", "'=richer'",
    "'=const.near'", "'=const.few + trigger.n'",
)  # fmt: skip


def conditions(inside: bool = True) -> st.SearchStrategy[str]:
    return st.sampled_from((*ABOUT_CONTACT, *HISTORY, *DEFINED, *(INSIDE if inside else ()))).map(quoted)


# --- metrics and segments -------------------------------------------------------------------------------------

_OF = ("bought", "interest", "changed", "started", "noted")


BY = ("event.s", "event.n", "event.items", "event.x", "event.id == 'a'")


@st.composite
def aggregates(draw: st.DrawFn, kinds: Sequence[str], value: str, by: bool = False) -> str:
    kind, event = draw(st.sampled_from(kinds)), draw(st.sampled_from(_OF))
    parts = [f"count: {event}"] if kind == "count" else [f"{kind}: {value}, of: {event}"]
    within = draw(st.sampled_from(("", "", "2d", "90min", "10d")))
    parts += [f"within: {within}"] if within else []
    parts += [f"by: {draw(st.sampled_from(BY))}"] if by else []
    parts += [f"where: {quoted(draw(st.sampled_from(ON_CONTACT_EVENT)))}"] if draw(st.integers(0, 3)) == 0 else []
    return f"{{{', '.join(parts)}}}"


@st.composite
def metrics(draw: st.DrawFn) -> str:
    many = ("count", "sum", "distinct", "max", "min", "avg")
    one = ("first", "last", "mode", "min", "max", "avg", "sum")
    number = draw(st.sampled_from(("event.n", "event.n", "event.items", "event.timestamp.hour")))
    first = many if number != "event.items" else ("count", "distinct")
    lines = [
        "metrics:",
        f"  m1: {draw(aggregates(first, number))}",
        f"  m2: {draw(aggregates(one, 'event.n'))}",
        f"  kinds: {draw(aggregates(('list', 'mode'), 'event.s'))}",
        f"  m3: {draw(aggregates(('last', 'sum', 'max', 'mode'), 'event.n'))}",
        f"  latest: {draw(aggregates(('first', 'last', 'min', 'max'), 'event.timestamp'))}",
        f"  parts: {draw(aggregates(('count', 'sum', 'min', 'avg', 'first'), 'event.n', by=True))}",
        f"  many: {draw(aggregates(('count', 'max', 'last'), 'event.x', by=True))}",
        "  share: {value: metric.m2 / metric.m1}",
        "  level: {bins: metric.m1, at: [0, 2.5], labels: [none_yet, low, high]}",
        "segments:",
        f"  s1: {draw(_segments())}",
        f"  s2: {draw(_segments(('segment.s1 or contact.points > 8',)))}",
    ]
    return "\n".join(lines) + "\n"


def _segments(more: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    often = ("metric.m1 > 1", "contact.points > 3", "now.weekday == 'mon'", "days_since(metric.latest) > 1.5")
    about = (
        *ABOUT_CONTACT,
        *often,
        *often,
        "count('bought', within='2d') > 0",
        "happened('clicked')",
        "running('first')",
        *more,
    )
    return st.sampled_from(about).map(quoted)


# --- the policy -----------------------------------------------------------------------------------------------

QUIET = (
    '{from: "22:00", to: "09:00", timezone: project}',
    '{channels: [sms, push], from: "21:00", to: "08:00"}', '{from: "01:30", to: "02:30"}', "{channels: [sms], on: sun}",
    '{from: "=contact.hour", to: "08:00"}', '{from: "22:00", to: "06:00", on: "fri,sat"}',
    '{programs: [one], from: "20:00", to: "10:00"}', '{scenarios: [first, spare], tags: [promo], on: weekends}',
    '{from: "21:00", to: "09:00", except: {channels: [email], scenarios: [first]}}',
    '{channels: [push, email], on: "sat,sun", except: {tags: [promo], programs: [two]}}',
)  # fmt: skip
CAPS = (
    "{max: 1, per: day}", "{max: 2, per: week}", "{max: 1, per: 36h, channels: [email, push]}", "{max: 3, per: month}",
    "{max: 1, per: 2d, if: segment.s1}", "{max: 2, per: 7d, programs: [one]}", "{max: 1, per: week, tags: [promo]}",
    "{max: 1, per: 1d, scenarios: [second]}", "{max: 1, per: 2d, except: {tags: [promo]}}",
    "{max: 1, per: week, channels: [email, push], except: {channels: [push], programs: [one]}}",
)  # fmt: skip


@st.composite
def policies(draw: st.DrawFn) -> str:
    quiet = draw(st.lists(st.sampled_from(QUIET), max_size=2, unique=True))
    caps = draw(st.lists(st.sampled_from(CAPS), max_size=2, unique=True))
    lines = [f"control_group: {draw(st.sampled_from(('0%', '0%', '0%', '0%', '0%', '30%')))}"]
    lines += [f"quiet_hours: [{', '.join(quiet)}]"] if quiet else []
    lines += [f"caps: [{', '.join(caps)}]"] if caps else []
    lines += [f"on_cap: {draw(st.sampled_from(('drop', 'delay')))}"]
    lines += [f"on_quiet: {draw(st.sampled_from(('delay', 'delay', 'drop')))}"]
    lines += [f"max_hold: {draw(st.sampled_from(('3d', '10h', '20d')))}"]
    return "policy:\n" + "".join(f"  {line}\n" for line in lines)


# --- scenarios ------------------------------------------------------------------------------------------------

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
    "wait: 3d, since: journey.entered_at",
    "wait: 1d at 02:30, since: trigger.timestamp", "wait: at 18:00 on first mon, since: contact.renewal",
    "for: trigger.x, since: journey.entered_at", "wait: 1d, at: contact.hour, since: metric.latest",
    "at: contact.hour", "wait: 1d, at: contact.hour", "wait: 20h, at: metric.m2", "for: trigger.x",
)  # fmt: skip
EVENT_TRIGGERS = (
    "{event: started}", "{event: begin}", "{event: started, where: event.n > 5}", "{event: noted, where: event.x > 2}",
    "{event: scored}", "{event: message.sent, where: event.channel == 'push'}",
    "{event: message.sent, where: \"'promo' in event.tags or event.purpose == 'transactional'\"}",
    "{event: profile.updated}", "{event: priced, where: event.s == contact.country}",
    "{event: started, each: event.items}", "{event: changed, each: event.x}",
    "{event: started, each: event.rows}", "{event: begin, each: event.rows}",
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
    "{segment: s1}", "{segment: s1, change: left}", "{segment: s1, already_in: true}",
    "{segment: s2, already_in: true}", "{segment: s2}",
    "{attribute: tier}", "{attribute: points, where: event.after > 3}",
    "{attribute: country, where: event.before is none}",
    "{scenario: first}", "{scenario: second, outcome: [stopped, displaced]}",
    "{scenario: first, outcome: [error, restarted]}",
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


# What scenarios may say of their group; of one group all say the same limit.
GROUPS = (
    ("", "", "", "promo"),
    ("", "promo", "{group: promo, wait: 2d}", "{group: promo, wait: 90min}"),
    ("", "{group: promo, limit: 2}", "{group: promo, limit: 2, wait: 3d}"),
)


@st.composite
def scenarios(draw: st.DrawFn, name: str, others: Sequence[str], groups: Sequence[str]) -> str:
    """A scenario of two to four states."""
    names = STATES[: draw(st.integers(2, 4))]
    lines = [f"scenario: {name}", f"priority: {draw(st.sampled_from((10, 50, 50, 90)))}"]
    triggers = draw(_triggers(others))
    lines.append(f"{DEFINE}trigger: [{', '.join(triggers)}]")
    for key, among in (
        ("reentry", ("", "", "always", "never", "1d", "always", "1mo12h")),
        ("while_running", ("",) if any(map(_IN_TURN.search, triggers)) else ("", "", "restart", "parallel")),
        ("key", _keys(triggers)),
        ("audience", ("", "", "", "contact.country != 'DE'", "metric.m1 < 3", "not rich", "not segment.s1")),
        ("holdout", ("", "", "", "", "", "", "", "50%")),
        ("max_running", ("", "", "", "1", "2")),
        ("exclusive", groups),
        ("active", ("", "", "", "", "", "", "{from: 2025-01-31, until: 2025-10-26}")),
        ("program", ("", "one", "two")),
        ("timezone", ("", "", "", "project", "contact")),
    ):
        picked = draw(st.sampled_from(among))
        lines += [f"{key}: {picked}"] if picked else []
    if draw(st.booleans()):
        ends = draw(st.sampled_from(("false", "bought", "bought")))
        more = draw(st.sampled_from(("", ", within: 2d", ", where: event.n > 5", ", any_key: true")))
        lines.append(f"goal: {{event: bought, value: event.n, ends: {ends}{more}}}")
    more = f", {draw(_answer(names))}" if draw(st.integers(0, 2)) == 0 else ""
    lines.append(f"on: {{stopped: {{end: stopped}}{more}}}")
    if draw(st.integers(0, 4)) == 0:
        onto = draw(st.sampled_from(("{end: watched}", "{end: watched}", *names)))
        lines.append(f"when: {{{draw(conditions())}: {onto}}}")
    lines.append("states:")
    # `it` and `got` are captured somewhere in every scenario, so that every condition may read them.
    captured = ["set: {it: 0, got: []}"]
    for place, state in enumerate(names):
        parts = draw(_state(names, place))
        lines.append(f"  {state}: {{{', '.join((captured if place == 0 else []) + parts)}}}")
    text = "\n".join(lines) + "\n"
    # A trigger that no event of the plan fires has not the properties of one: a captured value stands for them.
    return text if any(_has_properties(one) for one in triggers) else _PROPERTY.sub("it", text)


# What a scenario's own doings may fire: with `restart` or `parallel` it would fire itself at one instant, endlessly.
_IN_TURN = re.compile(r"scored|message|profile|noted|begin|attribute|scenario|segment")
_PROPERTY = re.compile(r"trigger\.(n|s|x|items|due)\b")


def _has_properties(trigger: str) -> bool:
    return any(
        f"{word}: {name}" in trigger for word in ("event", "since") for name in ("started", "begin", "noted", "changed")
    )


def _keys(triggers: Sequence[str]) -> tuple[str, ...]:
    each = [one for one in triggers if "each: " in one]
    if each and all("each: event.rows" in one for one in each):
        return ("item.id", "item.id", "[item.id, trigger.n]", "[item.n, item.id]", "item", "")
    if each:
        return ("item", "item", "")
    if any(_has_properties(one) for one in triggers):
        return ("", "", "event.id", "event.n", "trigger.id", "[event.id, trigger.n]")
    if all("message." in one or "scenario: " in one or "profile.updated" in one for one in triggers):
        return ("", "event.key")
    return ("",)


@st.composite
def _triggers(draw: st.DrawFn, others: Sequence[str]) -> list[str]:
    kinds = [one for one in OTHER_TRIGGERS if "scenario:" not in one or one.split()[1].strip(",}") in others]
    plain = st.sampled_from(EVENT_TRIGGERS[:4])
    event, other = st.sampled_from(EVENT_TRIGGERS), st.sampled_from(kinds)
    picked = [draw(st.one_of(plain, event, other))]
    if draw(st.booleans()):
        picked.append(draw(st.one_of(event, other)))
    return picked


@st.composite
def _answer(draw: st.DrawFn, names: Sequence[str]) -> str:
    """What an event does. One that scenarios make makes none itself, which another's might answer, and so on."""
    event = draw(st.one_of(st.sampled_from(FROM_OUTSIDE), st.sampled_from(MADE)))
    to = draw(st.sampled_from((*names, "{end: led_out}")))
    where = quoted(draw(st.sampled_from(("contact.points > 3", "count('bought') > 0", "metric.m1 > 1", "it == 1"))))
    kinds = [
        to,
        to,
        to,
        f"{{where: {where}, to: {to}}}",
        f"{{set: {{it: '=it + 1'}}, to: {to}}}",
        "{collect: got}",
        f"[{{where: {where}, to: {to}}}, {{collect: got, set: {{it: 1}}}}]",
        f"{{any_key: true, to: {to}}}",
        f"{{send: {draw(st.sampled_from(ANSWERS))}}}",
        f"{{where: {where}, send: {draw(st.sampled_from(ANSWERS))}, collect: got}}",
    ]
    if event in FROM_OUTSIDE:
        kinds.append("{update: {points: '=contact.points + 1', tier: silver}}")
        kinds.append("{emit: {event: scored, with: {n: '=metric.m1', s: a}}}")
    if event.startswith("message.") or event == "clicked":
        kinds.append(f"{{of: {draw(st.sampled_from(names))}, to: {to}}}")
    return f"{event}: {draw(st.sampled_from(kinds))}"


# What transitions send; by channel and template no message of a state has other tags.
ANSWERS = (
    "{push: {template: m/c, with: {what: '=event.event', got: '=got | length'}, tags: [promo]}, email: m/a}",
    "{first_of: [{sms: {template: m/c, if: contact.points > 3}}, {email: m/b}]}",
    "{email: {template: m/a, on_cap: delay, expires: 2d, if: it != 2}, push: {template: m/c, tags: [promo]}}",
    "{sms: {template: m/a, on_quiet: delay}, email: {template: m/b, purpose: transactional}}",
)
FROM_OUTSIDE = ("started", "changed", "clicked", "interest", "priced")
MADE = ("scored", "message.sent", "message.dropped", "profile.updated", "journey.ended", "noted")


@st.composite
def _state(draw: st.DrawFn, names: Sequence[str], place: int) -> list[str]:
    """A state's parts. What leads on at once leads forward, so that there is no circle without a wait."""
    parts: list[str] = []
    onward = (*names[place + 1 :], "{end: led_on}")
    anywhere = (*names, "{end: waited}")
    if place and draw(st.booleans()):
        parts.append(f"set: {{it: {draw(st.sampled_from(VALUES))}}}")
    if draw(st.integers(0, 4)) == 0:
        parts.append(f"update: {draw(st.sampled_from(UPDATES))}")
    if draw(st.integers(0, 5)) == 0:
        parts.append(f"emit: {draw(st.sampled_from(EMITS))}")
    if draw(st.integers(0, 2)):
        parts.append(f"send: {draw(st.sampled_from(MESSAGES))}")
    if draw(st.integers(0, 5)) == 0:
        parts.append("frees_key: true")
    last = place == len(names) - 1
    kinds = ("wait", "wait", "wait", "choose", "end", "wait" if last else "next", "wait" if last else "split")
    match draw(st.sampled_from(kinds if place else ("wait",))):
        case "end":
            parts.append("end: finished")
        case "next":
            parts.append(f"next: {draw(st.sampled_from(names[place + 1 :]))}")
        case "split":
            unit = draw(st.sampled_from(("", ", unit: journey")))
            arms = dict.fromkeys(draw(st.lists(st.sampled_from(names[place + 1 :]), min_size=1, max_size=3)))
            weights = draw(st.sampled_from(WEIGHTS[len(arms)]))
            parts.append(f"split: {{{', '.join(map('{}: {}'.format, arms, weights))}{unit}}}")
        case "choose":
            chosen, other = draw(st.sampled_from(onward)), draw(st.sampled_from(onward))
            parts.append(f"choose: {{{draw(conditions())}: {chosen}, else: {other}}}")
        case _:
            parts += draw(_waiting(names, anywhere))
    if draw(st.integers(0, 3)) == 0:
        parts.append(f"when: {{{draw(conditions())}: {draw(st.sampled_from(onward))}}}")
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
    waits = [draw(_wait(anywhere, st.sampled_from(WAITS).map(lambda text: f"wait: {text}")))]
    if draw(st.booleans()):
        waits.append(draw(_wait(anywhere, st.sampled_from(DATA_WAITS))))
    parts = [f"after: [{', '.join(draw(st.permutations(waits)))}]"]
    if draw(st.integers(0, 3)):
        parts.append(f"on: {{{draw(_answer(names))}}}")
    return parts


@st.composite
def _wait(draw: st.DrawFn, anywhere: Sequence[str], kinds: st.SearchStrategy[str]) -> str:
    wait = draw(kinds)
    parts = [f"wait: {quoted(wait[6:])}" if wait.startswith("wait: ") and ", " not in wait else wait]
    parts.append(f"to: {draw(st.sampled_from(anywhere))}")
    parts += [f"if: {draw(conditions())}"] if draw(st.integers(0, 2)) == 0 else []
    if any(word in wait for word in ("date ", "for:", "at:", "since:")):
        for key in ("if_missing",) if "since:" in wait and draw(st.booleans()) else ("if_past", "if_missing"):
            parts.append(
                f"{key}: {draw(st.sampled_from(('never', 'never', 'now', '{end: late}', names_of(anywhere))))}"
            )
    return f"{{{', '.join(parts)}}}"


def names_of(anywhere: Sequence[str]) -> str:
    return anywhere[-2]


# --- contacts and logs ----------------------------------------------------------------------------------------

ZONES = ("Europe/Paris", "Europe/Paris", "Asia/Tokyo", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Apia",
         "Africa/Cairo", "Asia/Kathmandu", "Mars/Olympus", None)  # fmt: skip
DATES = (
    "2025-03-29",
    "9999-12-31T23:59:59",
    "2025-03-31",
    "2025-10-26 02:30",
    "2025-10-27T08:00:00Z",
    "2025-02-28",
    "soon",
    None,
)
BIRTHDAYS = ("1990-03-30", "1990-03-31T00:00:00Z", "2004-02-29", "1988-10-26", "1970-12-31", "2011-12-30", None)
CONSENTS = (True, True, True, True, False, None, "off", 1)
DELAYS = ("2d at 10:00", "3600", 5_400, 0, -5, "2025-03-31 09:00", "1h", "cron 0 9 * * *", True, "later", None)
HOURS = (9, 21, 21.5, "10:30", 25, "noon", None)


def profiles() -> st.SearchStrategy[dict[str, Any]]:
    among: Mapping[str, Sequence[Any]] = {
        "email": ("a@example.com", "", 7, " a@example.com ", "none", "ana@", "a@example.com\nBcc: x@y", None),
        "email_optin": CONSENTS,
        "push_token": ("token", " ", "N/A", None),
        "push_optin": CONSENTS,
        "phone": ("+336", "+33 6.00-00", "-", "none", None),
        "sms_optin": CONSENTS,
        "advisor": ("bo@example.com", None),
        "timezone": ZONES,
        "country": ("FR", "US", "DE", None),
        "points": (0, 4, 9, "many", True, None),
        "tier": ("gold", "silver", None),
        "birthday": BIRTHDAYS,
        "renewal": DATES,
        "tags": (["a"], ["a", "b", "a"], [], "a", None),
        "hour": HOURS,
        "delay": DELAYS,
    }
    some = st.lists(st.sampled_from(list(among)), max_size=5, unique=True)
    # A zone and the dates that are read by it, at once.
    moves = st.just(("timezone", "birthday", "renewal", "hour"))
    picked = st.one_of(some, some, moves)
    return picked.flatmap(lambda names: st.fixed_dictionaries({name: st.sampled_from(among[name]) for name in names}))


def carried() -> st.SearchStrategy[dict[str, Any]]:
    among: Mapping[str, Sequence[Any]] = {
        "id": ("a", "b", None),
        "n": (1, 6, 9, 2.5),
        "s": ("a", "FR", None),
        "x": (5, "text", [1, 2], None, 5_400, "1d"),
        "items": ([], [1], [1, 5, 5], None),
        "rows": ([{"id": "a", "n": 1}, {"id": "b"}], [{"id": "b", "n": 6}, {"id": "b", "n": 9}], [{"n": 1}], "a", None),
        "due": DATES,
    }
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(given) for name, given in among.items()})


# Most gaps are a few hours; some are none, so that instants meet, and some are weeks.
GAPS = st.sampled_from((0, 0, 1, 30, 60, 60, 90, 600, 1_440, 1_440, 2_000, 10_000, 43_200))
BEGINS = ("2025-03-28 23:30", "2025-10-24 10:00", "2025-01-30 09:00", "2011-12-28 12:00", "2024-02-27 09:00")
NAMES = (
    "started",
    "started",
    "changed",
    "changed",
    "clicked",
    "clicked",
    "bought",
    "bought",
    "stopped",
    "noted",
    "scored",
)


@st.composite
def logs(draw: st.DrawFn, contact: str, begin: int) -> ContactLog:
    """What happens to a contact from a day before something odd in the calendar on; broadcasts are among it."""
    at = begin + draw(st.sampled_from((0, 0, 60, 1_500))) * MINUTE
    events = [Event("started", at, {"id": "a", "n": 9, "s": "a", "x": 5})] if draw(st.integers(0, 2)) else []
    # Rows from before the log begins, and before the contact is known.
    early = sorted(draw(st.lists(st.sampled_from((1, 300, 2_000, 90_000)), max_size=2)), reverse=True)
    changes: list[tuple[int, Mapping[str, Any]]] = [(begin - ago * MINUTE, draw(profiles())) for ago in early]
    for _ in range(draw(st.integers(3, 14))):
        at += draw(GAPS) * MINUTE
        match draw(st.integers(0, 8)):
            case 0:
                changes.append((at, draw(profiles())))
            case 1:
                events.append(Event("profile_updated", at, draw(profiles())))
            case 2:
                events.append(Event(BROADCAST, at, {"n": 6, "s": draw(st.sampled_from(("FR", "US")))}))
            case _:
                event_id = draw(st.sampled_from((None, None, None, "e1", "e2")))
                events.append(Event(draw(st.sampled_from(NAMES)), at, draw(carried()), event_id))
    # At one instant what everybody hears comes after what is the contact's own.
    events.sort(key=lambda one: (one.at, one.name == BROADCAST))
    dated = {"birthday": "1990-03-30", "renewal": "2025-03-31", "points": 4, "country": "FR"}
    known = {
        **(REACHABLE if draw(st.integers(0, 4)) else {}),
        **(dated if draw(st.booleans()) else {}),
        **draw(profiles()),
    }
    return ContactLog(contact, {name: one for name, one in known.items() if one is not None}, changes, events)


class Person(NamedTuple):
    """A contact's log, broadcasts among its events, and when the contact becomes known (None: by its first event)."""

    log: ContactLog
    known_at: int | None

    @property
    def own(self) -> ContactLog:
        """The log as it is read: broadcasts come to a contact apart from its own events."""
        log, events = self.log, [one for one in self.log.events if one.name != BROADCAST]
        return ContactLog(log.contact_id, log.profile, log.changes, events, log.listed, log.known_since)

    @property
    def broadcasts(self) -> list[Event]:
        return [one for one in self.log.events if one.name == BROADCAST]

    def __repr__(self) -> str:
        log = self.log
        inputs = [(one.at, repr(one)) for one in log.events]
        inputs += [(at, f"Row({at}, {dict(attributes)})") for at, attributes in log.changes]
        told = "".join(f"\n  {one}" for _, one in sorted(inputs, key=lambda one: one[0]))
        return f"{log.contact_id} {dict(log.profile)}, known at {self.known_at}{told}"


class World(NamedTuple):
    """A project as files, some contacts, the instants at which the log begins, up to which they are replayed, and
    from which they enter."""

    files: Mapping[str, str]
    people: tuple[Person, ...]
    begins: int
    until: int
    start: int | None = None

    def __repr__(self) -> str:
        shown = {name: text for name, text in self.files.items() if "status: archived" not in text}
        files = "\n".join(f"# {name}\n{text.strip()}" for name, text in shown.items())
        people = "\n".join(map(repr, self.people))
        return f"\n{files}\n\n{people}\nfrom {self.start} until {self.until}\n"


# Runs never, and is there to be named.
SPARE = """
scenario: {name}
status: archived
trigger: {{event: stopped}}
states: {{one: {{send: {{push: {{template: m/a, tags: [promo]}}}}, end: stopped}}}}
"""


@st.composite
def worlds(draw: st.DrawFn) -> World:
    names = SCENARIOS[: draw(st.sampled_from((1, 2, 2, 3)))]
    groups = draw(st.sampled_from(GROUPS))
    files = {f"{name}.yaml": draw(scenarios(name, [one for one in names if one != name], groups)) for name in names}
    if "second" not in names:
        files["second.yaml"] = SPARE.format(name="second")
    files["spare.yaml"] = SPARE.format(name="spare")
    files["metrics.yaml"] = draw(metrics())
    files["policy.yaml"] = draw(policies())
    files["project.yaml"] = PROJECT_YAML.format(
        timezone=draw(st.sampled_from(("Europe/Paris", "UTC", "America/New_York"))),
        salt=draw(st.sampled_from(("pepper", "salt", "thyme"))),
        clock=draw(st.sampled_from(("0 6 * * *", "30 2 * * *", "0 6 * * mon"))),
    )
    begin = moment(draw(st.sampled_from(BEGINS)))
    found = [draw(logs(name, begin)) for name in ("ana", "bea", "cem")[: draw(st.integers(1, 3))]]
    instants = [one.at for log in found for one in log.events]
    # Somebody else's event may come first.
    begins = min([*instants, begin]) - draw(st.sampled_from((0, 0, 3_000))) * MINUTE
    people = tuple(draw(_person(log, begins)) for log in found)
    last = max(at for one in people for at in _instants(one.log))
    start = draw(st.sampled_from((None, None, None, None, begin + 60 * MINUTE, begin + 3_000 * MINUTE)))
    return World(files, people, begins, last + draw(st.sampled_from((0, 60, 5_000, 90_000))) * MINUTE, start)


@st.composite
def _person(draw: st.DrawFn, log: ContactLog, begins: int) -> Person:
    """A contact from the contacts table, with or without an instant from which it is known, or from its events."""
    if not log.profile and not log.changes and log.events and draw(st.booleans()):
        return Person(log, None)
    among = [at + ahead * MINUTE for at in _instants(log) for ahead in (-1, 0)]
    log.listed = True
    log.known_since = draw(st.sampled_from((None, None, None, begins - 3_000 * MINUTE, *among)))
    return Person(log, known_from(log, begins, (BROADCAST,)))


def _instants(log: ContactLog) -> list[int]:
    return [one.at for one in log.events] + [at for at, _ in log.changes]


@dataclass(frozen=True)
class Made:
    project: Project
    tables: Tables
    found: tuple[str, ...]


@lru_cache(maxsize=512)
def _load(files: tuple[tuple[str, str], ...]) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in (("events.yaml", EVENTS_YAML), ("places.csv", PLACES_CSV), *files):
            (root / name).write_text(text, encoding="utf-8")
        for name, channels in SENDS.items():
            for channel in channels:
                template = root / "templates" / f"{name}.{channel}.j2"
                template.parent.mkdir(parents=True, exist_ok=True)
                template.write_text("---\nsubject: Hello\n---\nHello\n", encoding="utf-8")
        loaded = load_project(root)
        tables = {name: Table(rows) for name, rows in PLACES.items()}
    return Made(
        loaded.project, tables, tuple(f"{one.code} {one.message}" for one in loaded.found if one.severity == "error")
    )


def made_of(world: World) -> Made:
    """The world's project and its tables, read; it must be free of errors."""
    made = _load(tuple(world.files.items()))
    assert not made.found, made.found
    return made
