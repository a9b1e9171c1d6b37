"""Sums over contacts' outcomes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scenario_cli.hosts.results.counting import Counting, empty_figures
from scenario_cli.hosts.results.merging import merge
from scenario_cli.model.project import Project
from scenario_cli.model.records import Converted, Entered, Record
from scenario_cli.model.results_report import Figures

SCENARIOS = ("one", "other")
_SECOND = 1_000_000


def journeys(conversions: list[tuple[str, int | None, float | None]]) -> list[Record]:
    """Records of one journey for each item: its scenario, the seconds until its conversion, and the value."""
    records: list[Record] = []
    for number, (scenario, seconds, value) in enumerate(conversions):
        records.append(Entered(0, scenario, str(number), None, "seen"))
        if seconds is not None:
            records.append(Converted(seconds * _SECOND, scenario, str(number), "bought", value, None))
    return records


def counted(contacts: list[list[tuple[str, int | None, float | None]]]) -> Figures:
    counting = Counting(Project(name="shop", root="", timezone="UTC", digest=""), (), 0, ())
    counting.scenarios = frozenset(SCENARIOS)
    figures = empty_figures(SCENARIOS)
    for conversions in contacts:
        counting.add(figures, journeys(conversions), (), {})
    return figures


CONTACTS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from((*SCENARIOS, "not shown")),
            st.sampled_from((None, 0, 1, 9)),
            st.sampled_from((None, 0.1, 0.2, 10, -3.5)),
        ),
        max_size=4,
    ),
    max_size=6,
)


@given(CONTACTS, st.sampled_from(range(7)))
def test_parts_of_the_contacts_add_up_to_the_whole(
    contacts: list[list[tuple[str, int | None, float | None]]], cut: int
) -> None:
    whole = empty_figures(SCENARIOS)
    merge(whole, counted(contacts[:cut]))
    merge(whole, counted(contacts[cut:]))
    assert whole == counted(contacts)
