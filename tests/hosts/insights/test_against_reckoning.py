"""Every figure of the shipped log, compared with a reckoning that is independent of the package: `reckoning.py`."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from scenario_cli.shipped import shipped
from tests.hosts.insights.reckoning import DAYS, Reckoning, month
from tests.rows import rows

AS_OF = ("", "2024-11-20T12:00:00+01:00")


@pytest.fixture(scope="module", params=AS_OF, ids=["at the end", "in November"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Reckoning]:
    """The command's JSON and the reckoning at the same instant."""
    file = tmp_path_factory.mktemp("insights") / "insights.json"
    instant = ["--as-of", request.param] if request.param else []
    assert run(["insights", "--project", str(shipped("scenarios")), "-q", "--output", str(file), *instant]) == 0
    until = datetime.fromisoformat(request.param) if request.param else None
    return json.loads(file.read_text(encoding="utf-8")), Reckoning(Path(str(shipped("scenarios"))), until)


def cents(amount: float) -> int:
    return round(amount * 100)


def test_the_base(both: tuple[dict[str, Any], Reckoning]) -> None:
    base, reckoned = both[0]["base"], both[1]
    assert (base["contacts"], base["buyers"]) == (len(reckoned.contacts), len(reckoned.orders))
    assert base["prospects"] == base["contacts"] - base["buyers"]
    months = [{**line, "revenue": cents(line["revenue"])} for line in base["months"]]
    assert months == [{"month": line["month"], **line} for line in reckoned.months()]
    filled = Counter(name for profile in reckoned.profiles().values() for name in profile)
    assert {line["attribute"]: line["filled"] for line in base["attributes"] if line["filled"]} == filled
    channels = {line.pop("channel"): line for line in [dict(line) for line in base["channels"]]}
    assert channels == reckoned.channels()
    assert {(line["month"], line["channel"]): line["count"] for line in base["unsubscribes"]} == reckoned.unsubscribes()


def test_scores_and_segments(both: tuple[dict[str, Any], Reckoning]) -> None:
    rfm, reckoned = both[0]["rfm"], both[1]
    by_score: dict[tuple[int, ...], list[str]] = {}
    for contact, scores in reckoned.scores().items():
        by_score.setdefault(scores, []).append(contact)
    reported = {
        tuple(int(line[name]) for name in ("recency", "frequency", "monetary")): group_of(line)
        for line in rfm["scores"]
    }
    assert reported == {scores: reckoned.group(contacts) for scores, contacts in by_score.items()}
    segments = {line["segment"]: group_of(line) for line in rfm["segments"]}
    assert segments == {name: reckoned.group(contacts) for name, contacts in reckoned.segments().items()}
    assert group_of(rfm["outside"]) == (0, 0, 0)
    assert group_of(rfm["buyers"]) == reckoned.group(list(reckoned.orders))


def test_orders_a_customer_and_the_days_between_them(both: tuple[dict[str, Any], Reckoning]) -> None:
    rfm, reckoned = both[0]["rfm"], both[1]
    counts = Counter(len(orders) for orders in reckoned.orders.values())
    assert {line["orders"]: line["customers"] for line in rfm["orders"]} == counts
    gaps = reckoned.gaps()
    quarters = statistics.quantiles(gaps, method="inclusive")
    assert (rfm["gaps"]["count"], rfm["gaps"]["quarters"]) == (len(gaps), pytest.approx(quarters, abs=0.006))


def group_of(line: dict[str, Any]) -> tuple[int, int, int]:
    return line["customers"], line["orders"], cents(line["revenue"])


@rows("kind", ["all", "month", "category", "channel", "source"])
def test_cohorts(kind: str, both: tuple[dict[str, Any], Reckoning]) -> None:
    minimum = both[0]["minimum"]
    cohorts = {line["name"]: line for line in both[0]["cohorts"]["cohorts"] if line["kind"] == kind}
    reckoned = both[1].cohorts(kind)
    assert set(cohorts) == set(reckoned)
    for name, line in cohorts.items():
        assert group_of(line) == reckoned[name]["group"], name
        for observed in line["observed"]:
            customers, returning, paid = reckoned[name]["after"][observed["days"]]
            assert (observed["customers"], observed["again"]) == (customers, returning), (name, observed["days"])
            enough = customers >= minimum
            assert observed["ltv"] == (pytest.approx(paid / customers / 100, abs=0.0051) if enough else None), name
            assert observed["again_share"] == (pytest.approx(returning / customers, abs=0.0001) if enough else None), (
                name
            )
    assert [observed["days"] for observed in cohorts[next(iter(cohorts))]["observed"]] == list(DAYS)


def test_the_cost_of_a_new_customer(both: tuple[dict[str, Any], Reckoning]) -> None:
    last = both[1].cohort_of("month", max(both[1].orders, key=lambda contact: both[1].orders[contact][0]["at"]))
    both[1].spend = [row for row in both[1].spend if row["month"] <= last]
    reported = {(line["month"], line["source"]): line for line in both[0]["cohorts"]["acquisition"]}
    reckoned = both[1].acquisition()
    assert set(reported) == set(reckoned)
    for key, (spent, customers, paid) in reckoned.items():
        line = reported[key]
        assert (cents(line["spend"]), line["customers"], cents(line["revenue"])) == (spent, customers, paid), key
        if customers >= both[0]["minimum"]:
            assert line["cac"] == pytest.approx(spent / customers / 100, abs=0.0051)
            assert line["ltv_cac"] == pytest.approx(paid / spent, abs=0.0001)


def test_subscriptions(both: tuple[dict[str, Any], Reckoning]) -> None:
    reported, reckoned = both[0]["cohorts"]["subscriptions"], both[1]
    listed = reckoned.subscriptions()
    ended = [(began, end) for began, end in listed if end is not None]
    assert (reported["started"], reported["left"]) == (len(listed), len(ended))
    assert reported["running"] == reported["started"] - reported["left"]
    assert (reported["due"], reported["renewed"]) == reckoned.terms()
    if len(ended) >= both[0]["minimum"]:
        days = statistics.mean((end - began).total_seconds() / 86_400 for began, end in ended)
        assert reported["lifetime_days"] == pytest.approx(days, abs=0.001)
    for line in reported["kept"]:
        length = timedelta(days=line["days"])
        observed = [(began, end) for began, end in listed if reckoned.now - began >= length]
        still_running = [end is None or end - began > length for began, end in observed]
        assert (line["seen"], line["kept"]) == (len(observed), sum(still_running)), line["days"]
    running = 0
    for line in reported["months"]:
        began = sum(month(start) == line["month"] for start, _ in listed)
        ending = sum(month(end) == line["month"] for _, end in ended)
        assert (line["running"], line["started"], line["left"]) == (running, began, ending), line["month"]
        running += began - ending


def test_the_net_promoter_score(both: tuple[dict[str, Any], Reckoning]) -> None:
    reported = {
        line["month"]: {name: line[name] for name in ("promoters", "passives", "detractors")}
        for line in both[0]["cohorts"]["nps"]
    }
    reckoned = both[1].answers()
    assert reported == {
        name: {kind: counts[kind] for kind in ("promoters", "passives", "detractors")}
        for name, counts in reckoned.items()
    }
    total = reckoned[""]
    score = 100 * (total["promoters"] - total["detractors"]) / total.total()
    assert both[0]["cohorts"]["nps"][0]["score"] == pytest.approx(score, abs=0.051)


@pytest.mark.parametrize("kind", ["product", "category"])
def test_products_and_categories(kind: str, both: tuple[dict[str, Any], Reckoning]) -> None:
    products = {line["name"]: line for line in both[0]["products"] if line["kind"] == kind}
    reckoned = both[1].sold(kind)
    assert set(products) == set(reckoned)
    for name, figures in reckoned.items():
        line = products[name]
        for key in ("orders", "first_orders", "customers", "again", "won", "units"):
            assert line[key] == figures[key], (name, key)
        assert cents(line["revenue"]) == figures["revenue"], name
        if figures["won"] >= both[0]["minimum"]:
            assert line["ltv"] == pytest.approx(figures["won_revenue"] / figures["won"] / 100, abs=0.0051), name


@pytest.mark.parametrize("kind", ["product", "category"])
def test_the_products_bought_one_after_another(kind: str, both: tuple[dict[str, Any], Reckoning]) -> None:
    reported = {
        (line["first"], line["second"]): (line["customers"], line["share"], line["lift"], line["median_days"])
        for line in both[0]["affinity"]["pairs"]
        if line["kind"] == kind
    }
    reckoned = {pair: figures for pair, figures in both[1].pairs(kind).items() if figures[0] >= both[0]["support"]}
    assert set(reported) == set(reckoned)
    for pair, (customers, share, lift, days) in reckoned.items():
        assert reported[pair] == (customers, pytest.approx(share, abs=1e-4), pytest.approx(lift, abs=1e-4),
                              pytest.approx(days, abs=0.006)), pair  # fmt: skip


def test_every_pair_is_counted(both: tuple[dict[str, Any], Reckoning]) -> None:
    pairs = [pair for kind in ("product", "category") for pair in both[1].pairs(kind)]
    assert both[0]["affinity"]["candidates"] == len(pairs)
