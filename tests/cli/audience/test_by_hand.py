"""The figures of `scenario audience` over the shipped log of some contacts, compared with plain Python over the raw
files.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from scenario_cli.engine.compile.program import compile_program
from scenario_cli.hosts.exports import staged_log
from scenario_cli.hosts.replay import feed, states_at
from scenario_cli.hosts.tables import load_tables
from scenario_cli.language.project import load_model
from scenario_cli.model.export import ExportOptions
from tests.cli.audience.stage import sizes

# A tick of the project's clock: segments that time can change are calculated then anyway.
NOW = datetime(2025, 2, 20, 5, tzinfo=UTC)
THEN = NOW - timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Order:
    at: datetime
    total: Decimal


class Log:
    """The raw files of a project: profiles, and orders, by contact."""

    def __init__(self, project: Path) -> None:
        with (project / "data" / "contacts.csv").open(encoding="utf-8", newline="") as file:
            self.table = {row["contact_id"]: row for row in csv.DictReader(file)}
        with gzip.open(project / "data" / "events.jsonl.gz", "rt", encoding="utf-8") as lines:
            self.events = sorted((json.loads(line) for line in lines), key=lambda event: event["timestamp"])

    def known_contacts(self, at: datetime) -> set[str]:
        return {*self.table, *(event["contact_id"] for event in self.until(at) if event.get("contact_id"))}

    def until(self, at: datetime) -> list[Mapping[str, Any]]:
        return [event for event in self.events if _instant(event) <= at]

    def profiles(self, at: datetime) -> dict[str, dict[str, Any]]:
        by_contact: dict[str, dict[str, Any]] = {contact: {} for contact in self.known_contacts(at)}
        for contact, row in self.table.items():
            by_contact[contact] = {
                name: {"true": True, "false": False}.get(value, value) for name, value in row.items()
            }
        for event in self.until(at):
            if event["event"] == "profile_updated":
                by_contact[event["contact_id"]] |= event["properties"]
        return by_contact

    def orders(self, at: datetime) -> dict[str, list[Order]]:
        by_contact: dict[str, list[Order]] = {}
        for event in self.until(at):
            if event["event"] == "order_completed":
                order = Order(_instant(event), Decimal(str(event["properties"]["total"])))
                by_contact.setdefault(event["contact_id"], []).append(order)
        return by_contact


def _instant(event: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(event["timestamp"])


@cache
def _log(project: Path) -> Log:
    return Log(project)


def buyers(log: Log, at: datetime) -> set[str]:
    return {*log.orders(at)}


def recent_buyers(log: Log, at: datetime) -> set[str]:
    return {contact for contact, orders in log.orders(at).items() if orders[-1].at > at - timedelta(days=60)}


def _scores(orders: list[Order], at: datetime) -> tuple[int, int, int]:
    """Recency, frequency and monetary value, 4 is the best, with the limits of metrics.yaml."""
    year = [order for order in orders if order.at > at - timedelta(days=365)]
    days = (at - orders[-1].at) / timedelta(days=1)
    recency = next((score for edge, score in ((30, 4), (60, 3), (120, 2)) if days <= edge), 1)
    frequency = min(max(len(year), 1), 4)
    spent = sum(int(order.total) for order in year)
    return recency, frequency, next((score for edge, score in ((75, 1), (150, 2), (300, 3)) if spent <= edge), 4)


def loyal(log: Log, at: datetime) -> set[str]:
    scored = {contact: _scores(orders, at) for contact, orders in log.orders(at).items()}
    return {contact for contact, (r, f, m) in scored.items() if r >= 2 and f + m >= 7}


def inactive(log: Log, at: datetime) -> set[str]:
    scored = {contact: _scores(orders, at) for contact, orders in log.orders(at).items()}
    return {contact for contact, (r, f, m) in scored.items() if r == 1 and f <= 2 and m <= 2}


def occasional(log: Log, at: datetime) -> set[str]:
    return buyers(log, at) - loyal(log, at) - inactive(log, at)


BY_HAND: Mapping[str, Callable[[Log, datetime], set[str]]] = {
    "buyer": buyers,
    "recent_buyer": recent_buyers,
    "rfm_loyal": loyal,
    "rfm_occasional": occasional,
    "rfm_inactive": inactive,
}


@pytest.fixture(scope="module")
def everybody(small_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The list of all contacts, with all their segments."""
    written = tmp_path_factory.mktemp("audience") / "everybody.json"
    arguments = ["--as-of", NOW.isoformat(), "--limit", "100", "--format", "json", "--output", str(written), "-q"]
    assert run(["audience", "true", *arguments, "--project", str(small_shop)]) == 0
    audience: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return audience


@pytest.mark.parametrize("segment", BY_HAND)
def test_a_segment_has_the_members_computed_from_the_raw_files(
    segment: str, small_shop: Path, everybody: dict[str, Any]
) -> None:
    log, members = _log(small_shop), BY_HAND[segment]
    now, then = members(log, NOW), members(log, THEN)
    rows = everybody["audience"]["rows"]
    assert [row["contact_id"] for row in rows if row[f"segment_{segment}"]] == sorted(now)
    counted = next(reported for reported in everybody["segments"] if reported["segment"] == segment)
    assert counted["contacts"] == len(now) > 3
    assert counted["change"] == {"before": len(then), "came": len(now - then), "left": len(then - now)}


def test_everybody_who_is_known_is_in_the_base(small_shop: Path, everybody: dict[str, Any]) -> None:
    log = _log(small_shop)
    assert [row["contact_id"] for row in everybody["audience"]["rows"]] == sorted(log.known_contacts(NOW))
    assert everybody["everyone"]["contacts"] == everybody["audience"]["contacts"] == len(log.known_contacts(NOW))


def test_a_channel_reaches_the_contacts_computed_from_the_raw_files(
    small_shop: Path, everybody: dict[str, Any]
) -> None:
    profiles = _log(small_shop).profiles(NOW)
    rows = everybody["audience"]["rows"]
    for channel, address, consent in (("push", "push_token", "push_optin"), ("sms", "phone", "sms_optin")):
        reached = {contact for contact, of in profiles.items() if of.get(address) and of.get(consent) is True}
        assert {row["contact_id"] for row in rows if row[f"reachable_{channel}"]} == reached
        assert everybody["everyone"]["reachable"][channel] == len(reached) > 10


def test_contacts_outside_all_groups_never_bought(small_shop: Path, everybody: dict[str, Any]) -> None:
    log = _log(small_shop)
    names = ["rfm_loyal", "rfm_occasional", "rfm_inactive"]
    outside = log.known_contacts(NOW) - buyers(log, NOW)
    assert everybody["in_none_of"] == [{"segments": names, "contacts": len(outside), "buyers": 0}]


def test_revenue_is_the_sum_of_the_orders(small_shop: Path, everybody: dict[str, Any]) -> None:
    log = _log(small_shop)
    paid = {contact: sum(order.total for order in orders) for contact, orders in log.orders(NOW).items()}
    everyone = sum(paid.values())
    assert everybody["everyone"]["revenue"] == float(everyone) > 1_000
    for segment, members in BY_HAND.items():
        counted = next(reported for reported in everybody["segments"] if reported["segment"] == segment)
        revenue = sum(paid[contact] for contact in members(log, NOW))
        assert (counted["revenue"], counted["revenue_share"]) == (
            float(revenue), float(revenue / everyone),
        )  # fmt: skip


def test_the_counts_are_those_of_the_list(everybody: dict[str, Any]) -> None:
    rows = everybody["audience"]["rows"]
    assert sizes(everybody) == {name: sum(row[f"segment_{name}"] for row in rows) for name in sizes(everybody)}
    pairs = {tuple(pair["segments"]): pair["contacts"] for pair in everybody["overlaps"]}
    for each, other in combinations(sizes(everybody), 2):
        assert sum(row[f"segment_{each}"] and row[f"segment_{other}"] for row in rows) == pairs.get((each, other), 0)
    for segment in everybody["segments"]:
        for channel, count in segment["reachable"].items():
            inside = (row for row in rows if row[f"segment_{segment['segment']}"])
            assert sum(row[f"reachable_{channel}"] for row in inside) == count


def test_a_survey_changes_nothing_of_what_happens(small_shop: Path) -> None:
    project = load_model(small_shop).project
    tables = load_tables(project)
    plain = compile_program(project, tables=tables)
    surveyed = compile_program(project, tables=tables, survey=project.metrics)
    assert plain.survey is None
    assert surveyed.survey is not None
    assert [name for name, _ in surveyed.survey.segments] == [*project.segments]
    exports = project.exports
    with staged_log(project, project.scenarios, ExportOptions(exports.events, exports.contacts)) as staged:
        begins, last = staged.report.first, staged.report.last
        assert begins is not None
        assert last is not None
        for log in staged.stream():
            alone, _ = feed(plain, log, None, last, begins)
            *_, beside = states_at(surveyed, log, (begins, (begins + last) // 2, last), begins)
            assert _journeys(alone) == _journeys(beside), log.contact_id
            assert alone.profile == beside.profile


def _journeys(state: Any) -> list[tuple[Any, ...]]:
    return [
        (journey.journey_id, journey.state_name, journey.ended, journey.due_times, journey.message_ids)
        for journeys in state.journeys.values()
        for journey in journeys
    ]
