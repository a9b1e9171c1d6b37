"""A scenario of carts that is edited while a journey waits in it. Expects nothing."""

from __future__ import annotations

from collections.abc import Sequence

from tests.engine.changed import (
    Changed,
    after_the_change,
    project_of,
    until_the_change,
)
from tests.engine.worlds import Happening

CART = """
scenario: cart
status: live
trigger: {event: started}
reentry: always
goal: {event: bought, ends: bought}
states:
  asks:
    set: {n: =event.n}
    on: {clicked: told}
    after: {2d: reminded}
  reminded: {send: {email: m/a}, after: {1d: {end: over}}}
  told: {send: {push: m/b}, end: told}
"""
# Another scenario, so that the project is not empty when the first is deleted.
OTHER = "scenario: other\nstatus: live\ntrigger: {event: noted}\nstates: {in: {end: done}}\n"
STARTED: Happening = ("2025-03-03 10:00", "started", {"n": 7})

BOUGHT = ["03-04 12:00 converted", "03-04 12:00 end bought"]
AS_IT_BEGAN = ["03-05 10:00 -> reminded (after 2d)", "03-05 10:00 email m/a", "03-06 10:00 end over"]
Edits = Sequence[tuple[str, str]]
RENAMED = [("  asks:\n", "  waits:\n")]


def edited(edits: Edits, follows: bool, migrate: str = "") -> str:
    text = CART
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    head = f"\nin_flight: follow\n{f'migrate: {migrate}' if migrate else ''}\nreentry:" if follows else "\nreentry:"
    return text.replace("\nreentry:", head, 1)


def changed(
    edits: Edits, follows: bool, migrate: str = "", events: Sequence[Happening] = (STARTED,), *, before: str = CART
) -> Changed:
    older, today = project_of(before, OTHER), project_of(edited(edits, follows, migrate), OTHER)
    return after_the_change(older, today, until_the_change(older, events))
