"""Rows with only an anonymous id belong to the contact who is later linked to it, by a stated rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_cli.events.identity import ANONYMOUS, successors
from scenario_cli.events.staging import stage
from scenario_cli.model.export import ExportOptions, Identity, ReadReport
from tests.events.exports import Read
from tests.events.records import json_lines, mixpanel, posthog, segment
from tests.reference.settings import scaled

HEAD = "contact_id,anonymous_id,event,timestamp\n"
PLAN: dict[str, dict[str, str | None]] = {"cart": {}, "log_in": {}}


def counted(report: ReadReport) -> dict[str, int]:
    return {reject.reason: reject.count for reject in report.unusable}


def assigned_events(read: Read, rows: str, **options: object) -> tuple[list[tuple[str, int]], ReadReport]:
    log = read(HEAD + rows, PLAN, **options)
    return [(each.contact_id, event.at // 1_000_000) for each in log.stream() for event in each.events], log.report


BEFORE_AND_AFTER = ",v1,cart,10\nana,v1,log_in,20\n,v1,cart,30\n,v2,cart,30\n"


def test_anonymous_rows_belong_to_the_contact_from_the_log_in_on(read: Read) -> None:
    carts, report = assigned_events(read, BEFORE_AND_AFTER)
    assert carts == [("ana", 20), ("ana", 30)]
    assert counted(report) == {ANONYMOUS: 2}
    assert report.contacts == 1
    assert report.notes == (
        "identity: 1 anonymous row was given to 1 contact who is known by the same anonymous id by then",
    )


def test_backward_identity_includes_rows_before_the_log_in(read: Read) -> None:
    carts, report = assigned_events(read, BEFORE_AND_AFTER, identity="backward")
    assert carts == [("ana", 10), ("ana", 20), ("ana", 30)]
    assert counted(report) == {ANONYMOUS: 1}


def test_anonymous_rows_belong_to_nobody_if_identity_is_off(read: Read) -> None:
    carts, report = assigned_events(read, BEFORE_AND_AFTER, identity="off")
    assert carts == [("ana", 20)]
    assert counted(report) == {"no contact id": 3}


def test_an_event_that_no_scenario_looks_at_links_too(read: Read) -> None:
    carts, report = assigned_events(read, "ana,v1,other,5\n,v1,cart,10\n,v1,other,11\n,v9,other,11\n")
    assert carts == [("ana", 10)]
    assert (report.unwanted, counted(report)) == ((("other", 2),), {ANONYMOUS: 1})


def test_a_row_belongs_to_the_last_of_several_contacts_before_it(read: Read) -> None:
    rows = ",v1,cart,1\nana,v1,log_in,10\n,v1,cart,15\nbob,v1,log_in,20\n,v1,cart,25\nana,v1,log_in,30\n,v1,cart,30\n"
    carts, report = assigned_events(read, rows, identity="backward")
    assert carts == [("ana", 1), ("ana", 10), ("ana", 15), ("ana", 30), ("ana", 30), ("bob", 20), ("bob", 25)]
    note = (
        "identity: 1 anonymous id belongs to several contacts: each row was assigned to the last contact known "
        "before it"
    )
    assert note in report.notes


def test_ids_that_exporters_write_for_nobody_link_nothing(read: Read) -> None:
    _, report = assigned_events(
        read, "null,v1,cart,1\n,undefined,cart,2\nana,null,log_in,3\n,null,cart,4\n", identity="backward"
    )
    assert counted(report) == {ANONYMOUS: 1, "no contact id": 2}


def test_rows_keep_their_lines_and_order(read: Read, tmp_path: Path) -> None:
    rows = (
        "".join(f",v{number % 50},cart,{number + 2}\n" for number in range(5_000)) + "ana,v7,log_in,1\n,v8,cart,soon\n"
    )
    carts, report = assigned_events(read, rows, identity="backward", rejects=str(tmp_path / "out.csv"))
    assert len(carts) == 101
    assert counted(report) == {ANONYMOUS: 4_900, "unreadable timestamp": 1}
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[1].endswith(f',2,"{ANONYMOUS}",",v0,cart,2"')
    assert lines[8].endswith(f',10,"{ANONYMOUS}",",v8,cart,10"')
    assert lines[-1].endswith(',5003,unreadable timestamp,",v8,cart,soon"')


def test_an_alias_makes_one_contact_of_two_ids_at_all_times(read: Read) -> None:
    rows = [
        {**segment("old", 10, 1)},
        {**segment("new", 20, 1), "type": "alias", "previousId": "old"},
        {**segment("old", 30, 1)},
        {**segment(None, 5, 1), "anonymousId": "old"},
    ]
    log = read({"a.jsonl": json_lines(rows)}, {"Order Completed": {}}, identity="backward")
    (contact,) = log.stream()
    assert (contact.contact_id, [event.at // 1_000_000 for event in contact.events]) == ("new", [5, 10, 30])
    assert "identity: 1 id was merged into another by an alias, with 2 rows" in log.report.notes


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("a", "b"), ("b", "c")], {"a": "c", "b": "c"}),
        ([("a", "b"), ("a", "c")], {"a": "c"}),
        ([("a", "b"), ("b", "a")], {"b": "a"}),
        ([("a", "b"), ("b", "c"), ("c", "a")], {"c": "a", "b": "a"}),
    ],
)
def test_aliases_lead_to_one_id_and_never_in_a_circle(pairs: list[tuple[str, str]], expected: dict[str, str]) -> None:
    assert successors(pairs) == expected


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")).filter(lambda pair: pair[0] != pair[1]))
)
def test_every_alias_leads_to_an_id_that_is_kept(pairs: list[tuple[str, str]]) -> None:
    kept_ids = successors(pairs)
    assert not set(kept_ids.values()) & set(kept_ids)
    if pairs:
        assert kept_ids[pairs[-1][0]] == kept_ids.get(pairs[-1][1], pairs[-1][1])


def test_identity_of_the_tools(read: Read) -> None:
    anonymous = mixpanel("$device:d1", 10, 1)
    anonymous["properties"]["$device_id"] = "d1"
    of_contact = mixpanel("ana", 20, 1)
    of_contact["properties"] |= {"$device_id": "d1", "$user_id": "ana"}
    visitor = posthog("d2", 10, 1)
    visitor["properties"] |= {"$is_identified": False, "$device_id": "d2"}
    identified = posthog("bob", 20, 1) | {"event": "$identify"}
    identified["properties"] |= {"$anon_distinct_id": "d2"}
    for records, contact in (([anonymous, of_contact], "ana"), ([visitor, identified], "bob")):
        log = read({"a.jsonl": json_lines(records)}, {"Order Completed": {}}, identity="backward")
        assert [(each.contact_id, each.events[0].at // 1_000_000) for each in log.stream()] == [(contact, 10)]


Row = tuple[str | None, str | None, int]


def expected(rows: list[Row], rule: Identity) -> Iterator[tuple[str, int]]:
    """The result of the rule, calculated row by row in a simple loop."""
    links = [
        (at, number, visitor, contact) for number, (contact, visitor, at) in enumerate(rows) if contact and visitor
    ]
    for contact, visitor, at in rows:
        mine = sorted(link for link in links if link[2] == visitor) if visitor else []
        before = [link for link in mine if link[0] <= at]
        owner = contact
        if owner is None and rule != "off" and before:
            owner = before[-1][3]
        elif owner is None and rule == "backward" and mine:
            # The link at the first instant; if there are several, the last of them in the export.
            owner = [link for link in mine if link[0] == mine[0][0]][-1][3]
        if owner is not None:
            yield owner, at


ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, None, "ana", "bob"]), st.sampled_from([None, "v1", "v2", "v3"]), st.integers(1, 9)
    ),
    max_size=30,
)


@settings(max_examples=scaled(5), deadline=None)
@given(
    groups=st.lists(ROWS, min_size=3, max_size=3),
    rule=st.sampled_from(["forward", "backward", "off"]),
    is_cart_needed=st.booleans(),
)
def test_every_row_is_assigned_by_the_stated_rule(
    groups: list[list[Row]],
    rule: Literal["forward", "backward", "off"],
    is_cart_needed: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each group has its own ids, and rows of the groups are mixed."""
    own: list[list[Row]] = [
        [(contact and f"{contact}{number}", visitor and f"{visitor}{number}", at) for contact, visitor, at in rows]
        for number, rows in enumerate(groups)
    ]
    rows: list[Row] = [row for together in zip_longest(*own) for row in together if row is not None]
    folder = tmp_path_factory.mktemp("identity")
    records = [
        {"contact_id": contact, "anonymous_id": visitor, "event": "cart", "timestamp": at}
        for contact, visitor, at in rows
    ]
    export = folder / "a.jsonl"
    # The first row makes sure that every column is found.
    first = {"contact_id": "x", "anonymous_id": "vx", "event": "cart", "timestamp": 1}
    export.write_text("".join(json.dumps(record) + "\n" for record in [first, *records]))
    log = stage(
        ExportOptions((str(export),), identity=rule), {"cart": {}} if is_cart_needed else {}, {}, folder / "work"
    )
    whole = sorted([("x", 1), *expected(rows, rule)])
    assert log.report.rows == len(rows) + 1 == len(whole) + sum(counted(log.report).values())
    if is_cart_needed:
        carts = [(each.contact_id, event.at // 1_000_000) for each in log.stream() for event in each.events]
        assert sorted(carts) == whole
    else:
        assert sum(count for _, count in log.report.unwanted) == len(whole)
