"""Metrics and segments."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.choices import choice
from tests.reference.strategies.conditions import ABOUT_CONTACT, ON_CONTACT_EVENT, quoted

_OF = ("bought", "interest", "changed", "started", "noted")


BY = ("event.s", "event.n", "event.items", "event.x", "event.id == 'a'")


@st.composite
def aggregates(draw: st.DrawFn, kinds: Sequence[str], value: str, by: bool = False) -> str:
    kind, event = draw(choice(kinds)), draw(choice(_OF))
    parts = [f"count: {event}"] if kind == "count" else [f"{kind}: {value}, of: {event}"]
    within = draw(choice(("", "", "2d", "90min", "10d")))
    parts += [f"within: {within}"] if within else []
    parts += [f"by: {draw(choice(BY))}"] if by else []
    parts += [f"where: {quoted(draw(choice(ON_CONTACT_EVENT)))}"] if draw(st.integers(0, 3)) == 0 else []
    return f"{{{', '.join(parts)}}}"


@st.composite
def metrics(draw: st.DrawFn) -> str:
    many = ("count", "sum", "distinct", "max", "min", "avg")
    single_kinds = ("first", "last", "mode", "min", "max", "avg", "sum")
    number = draw(choice(("event.n", "event.n", "event.items", "event.timestamp.hour")))
    first = many if number != "event.items" else ("count", "distinct")
    lines = [
        "metrics:",
        f"  m1: {draw(aggregates(first, number))}",
        f"  m2: {draw(aggregates(single_kinds, 'event.n'))}",
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
    return choice(about).map(quoted)
