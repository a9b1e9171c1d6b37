"""Coverage: the states, transitions, branches and messages of a run, counted only if they happened."""

from __future__ import annotations

import pytest

from scenario_cli.analysis.coverage import coverage, share
from tests.hosts.scenario_tests.stage import cart, judged, shop
from tests.rows import rows

ALL = {
    "trigger cart", "goal buy -> end recovered", "on stop -> end stopped", "on look",
    "open: never entered", "open: after 1h -> reminder",
    "reminder: never entered", "reminder: email cart/reminder never sent", "reminder: push cart/reminder never sent",
    "reminder: on opened -> opened", "reminder: after 1d if cart.total >= 80 and contact.email is not none -> offer",
    "reminder: after 2d -> last_call",
    "opened: never entered", "opened: after 1d -> arms",
    "arms: never entered", "arms: split -> offer", "arms: split -> last_call",
    "offer: never entered", "offer: email cart/offer never sent", "offer: cart.items | length > 1 -> end large",
    "offer: else -> end small",
    "last_call: never entered", "last_call: email cart/last_call never sent",
}  # fmt: skip


def missed(*lines: str, until: str = "", contact: str = "") -> set[str]:
    """The parts of the cart scenario that one case does not cover."""
    verdict = judged("{conversions: 0}", *lines, until=until, **({"contact": contact} if contact else {}))
    (result,) = coverage([shop().project.scenarios["cart"]], [verdict.run])
    return {(f"{element.state}: " if element.state else "") + element.text for element in result.missed}


def test_nothing_is_covered_if_nothing_happens() -> None:
    assert missed("{at: 2025-03-03 10:00, event: stop}") == ALL


ENTERED = {"trigger cart", "open: never entered"}


@rows(
    ("lines", "until", "covered"),
    [
        ([cart()], "+0s", ENTERED),
        ([cart(total=0)], "+0s", set()),
        ([cart(), "{at: +1min, event: stop}"], "", ENTERED | {"on stop -> end stopped"}),
        ([cart(), "{at: +1min, event: look, sku: A}"], "+0s", ENTERED | {"on look"}),
        ([cart(), "{at: +1min, event: buy, cart_id: c1}"], "", ENTERED | {"goal buy -> end recovered"}),
        ([cart(), "{at: +1min, event: buy, cart_id: c9}"], "+0s", ENTERED),
    ],
)
def test_a_transition_that_is_taken_is_covered(lines: list[str], until: str, covered: set[str]) -> None:
    assert missed(*lines, until=until) == ALL - covered


REMINDED = ENTERED | {
    "open: after 1h -> reminder", "reminder: never entered", "reminder: email cart/reminder never sent",
    "reminder: push cart/reminder never sent",
}  # fmt: skip


def test_a_wait_is_covered_if_its_condition_held_when_it_was_due() -> None:
    after_1d = "reminder: after 1d if cart.total >= 80 and contact.email is not none -> offer"
    offered = {after_1d, "offer: never entered", "offer: email cart/offer never sent", "offer: else -> end small"}
    assert missed(cart(total=80)) == ALL - REMINDED - offered
    assert missed(cart(total=79)) == ALL - REMINDED - {"reminder: after 2d -> last_call", "last_call: never entered"}


def test_a_dropped_message_is_not_covered() -> None:
    in_france = missed(cart(), until="+1h", contact="{id: a, country: FR}")
    assert {"reminder: email cart/reminder never sent", "reminder: push cart/reminder never sent"} <= in_france
    assert "reminder: never entered" not in in_france


def test_a_case_covers_one_arm_of_a_split() -> None:
    contact = "{{id: {}, country: FR, email: a@example.com, email_optin: true}}"
    opened = "{at: +2h, event: opened, of: reminder}"
    arms = {"arms: split -> offer", "arms: split -> last_call"}
    first, second = (missed(cart(), opened, contact=contact.format(name)) & arms for name in ("c5", "c7"))
    assert (first, second) == ({"arms: split -> last_call"}, {"arms: split -> offer"})


def test_the_share_counts_every_element_alike() -> None:
    verdict = judged("{conversions: 0}", until="+0s")
    (result,) = coverage([shop().project.scenarios["cart"]], [verdict.run])
    assert len(result.elements) == len(ALL)
    assert share([result]) == pytest.approx(100 * 2 / len(ALL))
    assert result.count("states") == (1, 6)
    assert share([]) == 100


def test_triggers_by_time_and_branches_of_waits_from_data_are_separate_parts() -> None:
    contact = "{id: a, country: BE, birthday: 1990-03-05, known_since: 2025-03-01, renews_at: 2025-01-01}"
    verdict = judged("{conversions: 0}", cart(), until="2025-03-07 00:00", head="scenario: clock", contact=contact)
    (result,) = coverage([shop().project.scenarios["clock"]], [verdict.run])
    assert {element.text for element in result.missed} == {
        "trigger attribute country",
        "goal buy -> end bought",
        "never entered",
        "after 1h -> end done",
        "email hello never sent",
        "after 1d before date contact.renews_at -> end renewed",
        "after 1d before date contact.renews_at: if missing -> unknown",
    }
