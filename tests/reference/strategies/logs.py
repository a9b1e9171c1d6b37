"""Contacts: profiles and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from scenario_cli.model.event import ContactLog, Event
from tests.choices import choice
from tests.engine.worlds import REACHABLE
from tests.reference.strategies.plan import BROADCAST, MINUTE

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


@cache
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
    values = {name: st.sampled_from(options) for name, options in among.items()}
    some = st.lists(st.sampled_from(list(among)), max_size=5, unique=True)
    # A zone changes together with the dates that are read on its clock.
    moves = st.just(("timezone", "birthday", "renewal", "hour"))
    picked = st.one_of(some, some, moves)
    return picked.flatmap(lambda names: st.fixed_dictionaries({name: values[name] for name in names}))


@cache
def carried() -> st.SearchStrategy[dict[str, Any]]:
    among: Mapping[str, Sequence[Any]] = {
        "s": ("a", "FR", None),
        "x": (5, "text", [1, 2], None, 5_400, "1d"),
        "items": ([], [1], [1, 5, 5], None),
        "rows": ([{"id": "a", "n": 1}, {"id": "b"}], [{"id": "b", "n": 6}, {"id": "b", "n": 9}], [{"n": 1}], "a", None),
        "due": DATES,
    }
    # Keys consist of these two, and an entry without its key is refused.
    keys = {"id": st.sampled_from(("a", "a", "a", "b", None)), "n": st.sampled_from((1, 6, 9, 9, 2.5))}
    return st.fixed_dictionaries(keys, optional={name: st.sampled_from(options) for name, options in among.items()})


# Most gaps are a few hours; some are zero, so that instants coincide, and some are weeks.
GAPS = st.sampled_from((0, 0, 1, 30, 60, 60, 90, 600, 1_440, 1_440, 2_000, 10_000, 43_200))
BEGINS = ("2025-03-28 23:30", "2025-10-24 10:00", "2025-01-30 09:00", "2011-12-28 12:00", "2024-02-27 09:00")
NAMES = (
    "started",
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
    """A contact's log, broadcasts included, from a day before an oddity of the calendar on."""
    at = begin + draw(choice((0, 0, 60, 1_500))) * MINUTE
    events = [Event("started", at, {"id": "a", "n": 9, "s": "a", "x": 5})] if draw(st.integers(0, 2)) else []
    # Rows from before the log's beginning, and before the contact is known.
    early = sorted(draw(st.lists(choice((1, 300, 2_000, 90_000)), max_size=2)), reverse=True)
    changes: list[tuple[int, Mapping[str, Any]]] = [(begin - ago * MINUTE, draw(profiles())) for ago in early]
    for _ in range(draw(st.integers(3, 14))):
        at += draw(GAPS) * MINUTE
        match draw(st.integers(0, 8)):
            case 0:
                changes.append((at, draw(profiles())))
            case 1:
                events.append(Event("profile_updated", at, draw(profiles())))
            case 2:
                events.append(Event(BROADCAST, at, {"n": 6, "s": draw(choice(("FR", "US")))}))
            case _:
                event_id = draw(choice((None, None, None, "e1", "e2")))
                events.append(Event(draw(choice(NAMES)), at, draw(carried()), event_id))
    # At one instant, a broadcast comes after the contact's own events.
    events.sort(key=lambda event: (event.at, event.name == BROADCAST))
    dated = {"birthday": "1990-03-30", "renewal": "2025-03-31", "points": 4, "country": "FR"}
    attributes = {
        **(REACHABLE if draw(st.integers(0, 4)) else {}),
        **(dated if draw(st.booleans()) else {}),
        **draw(profiles()),
    }
    return ContactLog(contact, {name: each for name, each in attributes.items() if each is not None}, changes, events)
