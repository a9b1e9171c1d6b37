"""Conditions and values, by the names that they can read at their place."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.choices import choice


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


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
# Names that every scenario defines; each can read those above it.
DEFINE = """define:
  rich: contact.points > const.few
  richer: rich and metric.m1 > 1
  recent: count('bought', within=const.while) > 0
  dear: item > const.few
"""
DEFINED = ("rich", "not richer", "recent or rich", "richer == recent", "rich if recent else contact.points")
# Inside a journey.
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
    "'=\"at \" ~ trigger.timestamp ~ contact.renewal'", "'=[now, it] | join'",
    "'=count(\"bought\")'", "'=last(\"changed\").n'", "'=segment.s1'", "'=metric.level'", "'=metric.latest'",
    "'=metric.parts'", "'=metric.many'", "'=metric.parts[it]'", "'=richer'",
    "'=const.near'", "'=const.few + trigger.n'",
)  # fmt: skip


def conditions(inside: bool = True) -> st.SearchStrategy[str]:
    return choice((*ABOUT_CONTACT, *HISTORY, *DEFINED, *(INSIDE if inside else ()))).map(quoted)
