"""The compression dictionary of states holds shared parts, and no data of a single contact."""

from __future__ import annotations

import random

import pytest

from scenario_cli.hosts.store.compression import States, trained
from scenario_cli.hosts.store.encoding import decoded, encoded
from scenario_cli.hosts.store.shared_parts import impersonal

_DAY = 86_400_000_000
_BEGIN = 1_740_000_000_000_000


def snapshots(count: int) -> list[dict[str, object]]:
    """Snapshots with the same city and scenario, each with its own name, address and instants."""
    drawn = random.Random(1)
    return [
        {
            "format": 1,
            "contact": f"customer-{drawn.random()}",
            "known_at": _BEGIN + drawn.randrange(300 * _DAY),
            "now": _BEGIN,
            "profile": {
                "city": "Saint-Étienne-du-Rouvray", "street": f"{drawn.random()} Long Street",
                "email": f"person{drawn.random()}@example.com", f"badge_{drawn.random()}": drawn.random(),
            },
            "journeys": [{"number": 1, "id": f"{drawn.random()}", "scenario": "a_long_welcome", "state": "waiting"}],
        }
        for _ in range(count)
    ]  # fmt: skip


def test_a_dictionary_holds_nothing_that_is_one_contacts_own() -> None:
    people = snapshots(400)
    dictionary = trained([encoded(values) for values in people])
    assert dictionary is not None
    assert b"tienne-du-Rouvray" in dictionary
    assert b"a_long_welcome" in dictionary
    for own in (b"customer-", b"@example.com", b"Long Street", b"badge_"):
        assert own not in dictionary
    instants = {values["known_at"].to_bytes(8, "big") for values in people if isinstance(values["known_at"], int)}
    assert not any(instant in dictionary for instant in instants)


def test_states_packed_with_it_are_unpacked_as_they_were_and_are_smaller() -> None:
    states = [encoded(values) for values in snapshots(400)]
    packing = States(trained(states))
    packed = [packing.packed(state) for state in states]
    assert [packing.unpacked(data) for data in packed] == states
    assert sum(map(len, packed)) < 0.8 * sum(map(len, states))


@pytest.mark.parametrize(("sharing", "stays"), [(9, False), (10, True)])
def test_a_text_stays_where_ten_contacts_share_it(sharing: int, stays: bool) -> None:
    states = [encoded({"format": 1, "profile": {"town": "Rare"} if n < sharing else {}}) for n in range(50)]
    profile = decoded(impersonal(states)[0])["profile"]
    assert ("Rare" in profile.values()) == stays
