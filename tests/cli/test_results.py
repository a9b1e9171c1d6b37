"""`scenario results`: the effects of scenarios, and the groups of a draw."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from tests.cli.test_outputs import checked

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
CONTACTS = [f"c{number:02}" for number in range(40)]
# One in three buys two days after the offer, and one more of the forty contacts before it.
BUYERS = CONTACTS[::3]
EARLY = "c01"

PROJECT = {
    "project.yaml": """project: shop
timezone: UTC
currency: EUR
channels:
  email: {address: contact.email, cost: 0.5}
  task: {recipient: staff}
""",
    "policy.yaml": "policy: {control_group: 20%}\n",
    "events.yaml": "profile: {email: string}\nevents: {seen: {}, bought: {properties: {total: number}}}\n",
    "offer.yaml": """scenario: offer
trigger: {event: seen}
holdout: 40%
goal: {event: bought, within: 7d, value: event.total, ends: bought}
states:
  thinking: {after: {1d: offered}}
  offered:
    send: {email: offer, task: offer}
    after: {7d: {end: silent}}
""",
    "templates/offer.email.j2": "---\nsubject: Offer\n---\nHello\n",
    "templates/offer.task.j2": "Call them\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "contacts.csv").write_text(
        "contact_id,email\n" + "".join(f"{name},{name}@example.com\n" for name in CONTACTS), encoding="utf-8"
    )
    rows: list[tuple[str, str, datetime, dict[str, int]]] = [(name, "seen", START, {}) for name in CONTACTS]
    rows += [(name, "bought", START + timedelta(days=3), {"total": 10}) for name in BUYERS]
    rows += [(EARLY, "bought", START + timedelta(hours=1), {"total": 99}), ("c00", "seen", START + timedelta(20), {})]
    (tmp_path / "log.jsonl").write_text(
        "".join(
            json.dumps({"contact_id": name, "event": event, "timestamp": at.isoformat(), "properties": properties})
            + "\n"
            for name, event, at, properties in rows
        ),
        encoding="utf-8",
    )
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], shop: Path, command: str, *options: str) -> str:
    capsys.readouterr()
    log = ["--events", str(shop / "log.jsonl"), "--contacts", str(shop / "contacts.csv")]
    assert run([command, "--project", str(shop), *log, "-q", *options]) == 0
    return capsys.readouterr().out


def results(capsys: pytest.CaptureFixture[str], shop: Path, *options: str) -> dict[str, Any]:
    return checked("results", call(capsys, shop, "results", "--format", "json", *options))


def drawn(capsys: pytest.CaptureFixture[str], shop: Path) -> dict[str, list[str]]:
    """The contacts by the reason for which the plan drops their mail; an empty reason if the mail is sent."""
    call(capsys, shop, "dry-run", "--plan", str(shop / "plan.jsonl"))
    by_reason: dict[str, list[str]] = {}
    for line in (shop / "plan.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["channel"] == "email":
            by_reason.setdefault(row["reason"] or "", []).append(row["contact_id"])
    return by_reason


def test_a_scenario_has_its_journeys_conversions_value_and_cost(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (scenario,) = results(capsys, shop)["scenarios"]
    sent = len(drawn(capsys, shop)[""])
    assert (scenario["journeys"], scenario["contacts"], scenario["reached"]) == (40, 40, sent)
    assert scenario["sent"] == {"email": sent}  # a task goes to staff
    assert scenario["cost"] == sent * 0.5
    assert (scenario["goal"], scenario["within"]) == ("bought", "7 days")
    assert scenario["converted"] == len(BUYERS) + 1
    assert scenario["value"] == 10 * len(BUYERS) + 99
    assert scenario["value_per_journey"] == scenario["value"] / 40
    assert scenario["median_seconds_to_conversion"] == 3 * 86400


def test_groups_are_those_of_the_draw_and_count_from_the_first_message(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    groups = drawn(capsys, shop)
    all_together, held_out, control = results(capsys, shop)["comparisons"]
    assert [each["kept_back"] for each in (all_together, held_out, control)] == [
        "control_group", "holdout", "control_group",
    ]  # fmt: skip
    assert all_together["scenario"] is None
    for comparison, other in ((held_out, "holdout"), (control, "control_group")):
        for group, reason in zip(comparison["groups"], ("", other), strict=True):
            members = set(groups[reason]) - {EARLY}  # this journey was over before the message
            assert group["contacts"] == len(members)
            assert group["converted"] == len(members & set(BUYERS))
            assert group["value"] == 10 * group["converted"]
    assert all_together["groups"][0]["contacts"] == len(groups[""]) + len(groups["holdout"])


def test_a_replay_warns_that_its_messages_reached_nobody(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = call(capsys, shop, "results")
    assert "its messages reached nobody" in text
    assert "bought within 7 days after" in text.replace("\n", " ") or "within 7" in text
    assert "only chance separates them" in text
    assert "not shown yet" in text


def test_messages_are_credited_and_arms_compared(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offer = shop / "offer.yaml"
    text = offer.read_text(encoding="utf-8").replace("{1d: offered}", "{1d: which}")
    offer.write_text(
        text + "  which:\n    split: {offered: 50, leave: 50}\n  leave: {end: nothing}\n", encoding="utf-8"
    )
    report = results(capsys, shop)
    groups = drawn(capsys, shop)
    (message,) = report["scenarios"][0]["messages"]
    assert (message["state"], message["channel"], message["sent"]) == ("offered", "email", len(groups[""]))
    assert message["credited"] == len({*groups[""]} & {*BUYERS} - {EARLY})
    (split,) = report["splits"]
    offered, leave = split["arms"]
    assert (split["scenario"], split["state"], offered["arm"], leave["arm"]) == ("offer", "which", "offered", "leave")
    assert offered["contacts"] == len({*groups[""]} - {EARLY})
    assert offered["converted"] == message["credited"]
    assert offered["difference"] is None
    assert leave["difference"]["low"] <= leave["difference"]["estimate"] <= leave["difference"]["high"]
    assert 0 <= leave["p"] <= 1
    assert [(each["weekday"], each["sent"]) for each in report["weekdays"]] == [(1, message["sent"])]
    assert [(each["hour"], each["sent"]) for each in report["hours"]] == [(9, message["sent"])]


KPIS = """programs:
  sale:
    kpi: {title: Buyers, measure: {of: seen, then: bought, where: event.total < 50, within: 7d}}
  care: {kpi: Happiness}
  other: {kpi: {title: Nobody asks, measure: {of: seen, then: bought}}}
"""


def test_the_kpi_of_a_program_is_computed(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, offer = shop / "project.yaml", shop / "offer.yaml"
    project.write_text(project.read_text(encoding="utf-8") + KPIS, encoding="utf-8")
    text = offer.read_text(encoding="utf-8")
    offer.write_text(text.replace("scenario: offer\n", "scenario: offer\nprogram: sale\n"), encoding="utf-8")
    (kpi,) = results(capsys, shop)["kpis"]
    assert (kpi["contacts"], kpi["converted"], kpi["too_recent"]) == (40, len(BUYERS), 0)
    assert kpi["median_seconds"] == 3 * 86400
    assert kpi["low"] < kpi["rate"] == len(BUYERS) / 40 < kpi["high"]
    assert "Buyers" in call(capsys, shop, "results")
    (kpi,) = results(capsys, shop, "--until", "2025-03-09")["kpis"]
    assert (kpi["contacts"], kpi["too_recent"], kpi["rate"]) == (0, 40, None)
    offer.write_text(text.replace("scenario: offer\n", "scenario: offer\nprogram: care\n"), encoding="utf-8")
    assert results(capsys, shop)["kpis"] == [{"program": "care", "kpi": "Happiness", "measure": None}]
    shown = " ".join(call(capsys, shop, "results").split())
    assert "Not computed, because they have no measure: Happiness (care)." in shown


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        ("{of: sen, then: bought}", "unknown event 'sen'"),
        ("{of: seen, then: bougt}", "unknown event 'bougt'"),
        ("{of: segment.buyr, then: bought}", "unknown segment 'buyr'"),
        ("{of: seen, then: bought, where: event.totl > 1}", "'totl'"),
        ("{of: seen, then: bought, within: soon}", "'soon'"),
        ("{of: seen}", "has no 'then'"),
    ],
)
def test_a_measure_that_cannot_be_computed_is_found(
    shop: Path, capsys: pytest.CaptureFixture[str], measure: str, message: str
) -> None:
    project = shop / "project.yaml"
    kpi = f"programs: {{sale: {{kpi: {{title: Buyers, measure: {measure}}}}}}}\n"
    project.write_text(project.read_text(encoding="utf-8") + kpi, encoding="utf-8")
    (shop / "metrics.yaml").write_text("metrics: {bought: {count: bought}}\nsegments: {buyer: metric.bought > 0}\n")
    assert run(["validate", str(shop)]) == 1
    assert message in capsys.readouterr().out


def test_a_test_is_planned_with_what_the_log_has(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (test,) = results(capsys, shop, "--plan-test", "10%")["planned_tests"]
    assert (test["scenario"], test["share"], test["relative_lift"]) == ("offer", 0.4, 0.1)
    assert test["rate"] == len({*BUYERS}) / 39
    assert test["weeks"] == pytest.approx(test["contacts_needed"] / test["contacts_per_week"])
    assert "until an effect of +10% can be seen" in call(capsys, shop, "results", "--plan-test", "10%")
    assert results(capsys, shop)["planned_tests"] == []


@pytest.mark.parametrize("text", ["10", "0%", "-5%", "much", "nan%", "5000%"])
def test_an_effect_that_is_none_stops(shop: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert run(["results", "--project", str(shop), f"--plan-test={text}"]) == 2
    assert "--plan-test must be a percentage" in capsys.readouterr().err


def test_without_a_draw_nothing_is_compared(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "policy.yaml").write_text("policy: {}\n", encoding="utf-8")
    offer = shop / "offer.yaml"
    offer.write_text(offer.read_text(encoding="utf-8").replace("holdout: 40%\n", ""), encoding="utf-8")
    assert results(capsys, shop)["comparisons"] == []
    assert "With messages and without" not in call(capsys, shop, "results")


@pytest.mark.parametrize(("ending", "beginning"), [("md", "# shop"), ("html", "<!doctype html>"), ("json", "{")])
def test_the_ending_of_the_output_chooses_its_format(
    shop: Path, capsys: pytest.CaptureFixture[str], ending: str, beginning: str
) -> None:
    call(capsys, shop, "results", "offer", "--output", str(shop / f"results.{ending}"))
    text = (shop / f"results.{ending}").read_text(encoding="utf-8")
    assert text.startswith(beginning)
    assert "offer" in text


def test_a_name_that_is_none_and_a_format_that_is_none_stop(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["results", "ofer", "--project", str(shop), "--events", str(shop / "log.jsonl")]) == 2
    assert "did you mean 'offer'" in capsys.readouterr().err
    assert run(["results", "--project", str(shop), "--format", "jsn"]) == 2
    assert "did you mean 'json'" in capsys.readouterr().err


def test_what_the_figures_lack_is_at_the_head(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("c02", "2025-03-06T09:00:00Z", "dear"), ("c02", "soon", 1), ("", "2025-03-06T09:00:00Z", 1)]
    with (shop / "log.jsonl").open("a", encoding="utf-8") as log:
        for name, at, total in rows:
            row = {"contact_id": name, "event": "bought", "timestamp": at, "properties": {"total": total}}
            log.write(json.dumps(row) + "\n")
    lines = [" ".join(line.split()) for line in call(capsys, shop, "results").splitlines()]
    begin = next(number for number, line in enumerate(lines) if line.startswith("not used"))
    assert lines[begin : begin + 3] == [
        "not used 1 row: no contact id",
        "1 row: unreadable timestamp",
        "missing 1 value of bought.total not of type number",
    ]
