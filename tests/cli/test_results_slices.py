"""`scenario results --by`, `--every` and `--compare`: parts of the journeys, compared with an earlier time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scenario_cli.cli.main import run
from tests.cli.test_outputs import checked

PROJECT = {
    "project.yaml": "project: shop\ntimezone: Europe/Paris\nchannels: {email: {address: contact.email}}\n",
    "policy.yaml": "policy: {}\n",
    "events.yaml": """profile: {country: string, email: string}
events:
  seen: {}
  bought: {properties: {total: number}}
  profile_updated: {profile: true, properties: {country: string}}
""",
    "metrics.yaml": "metrics: {orders: {count: bought}}\nsegments: {buyer: metric.orders > 0}\n",
    "offer.yaml": """scenario: offer
trigger: {event: seen}
reentry: always
goal: {event: bought, within: 7d, value: event.total}
holdout: 50%
states:
  offered: {send: {email: offer}, after: {7d: {end: silent}}}
""",
    "templates/offer.email.j2": "---\nsubject: Offer\n---\nHello\n",
}


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC, hour=9)


# Contact, instant of entry, whether the contact buys two days later, and its country from then on.
JOURNEYS = [
    ("a", "2024-01-10", True, "FR"),
    ("b", "2024-01-20", False, "BE"),
    ("c", "2024-01-31", False, None),
    ("a", "2024-02-03", False, "BE"),
    ("b", "2024-02-10", True, "BE"),
    ("a", "2025-01-05", True, "FR"),
    ("c", "2025-01-29", True, "FR"),
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    # The log begins on the first day of a week and a quarter.
    rows: list[tuple[str, str, datetime, dict[str, Any]]] = [("a", "profile_updated", day("2024-01-01"), {})]
    for contact, entry, buys, country in JOURNEYS:
        rows.append((contact, "profile_updated", day(entry) - timedelta(hours=1), {"country": country}))
        rows.append((contact, "seen", day(entry), {}))
        if buys:
            rows.append((contact, "bought", day(entry) + timedelta(days=2), {"total": 10}))
    (tmp_path / "log.jsonl").write_text(
        "".join(
            json.dumps({"contact_id": contact, "event": event, "timestamp": at.isoformat(), "properties": properties})
            + "\n"
            for contact, event, at, properties in rows
        ),
        encoding="utf-8",
    )
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], shop: Path, *options: str) -> str:
    capsys.readouterr()
    assert run(["results", "--project", str(shop), "--events", str(shop / "log.jsonl"), "-q", *options]) == 0
    return capsys.readouterr().out


def results(capsys: pytest.CaptureFixture[str], shop: Path, *options: str) -> dict[str, Any]:
    return checked("results", shown(capsys, shop, "--format", "json", *options))


def slices(capsys: pytest.CaptureFixture[str], shop: Path, *options: str) -> list[tuple[Any, ...]]:
    """Each slice: its values, its period, journeys, contacts and conversions."""
    return [
        (
            *each["values"].values(),
            *([each["period"]["name"], each["period"]["is_over"]] if each["period"] else []),
            each["journeys"],
            each["contacts"],
            each["converted"],
        )
        for each in results(capsys, shop, *options)["slices"]
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--by", "contact.country"], [("BE", 3, 2, 1), ("FR", 3, 2, 3), (None, 1, 1, 0)]),
        (["--by", "segment.buyer"], [("no", 5, 3, 3), ("yes", 2, 1, 1)]),
        (["--by", "metric.orders"], [("0", 5, 3, 3), ("1", 2, 1, 1)]),
        (
            ["--by", "contact.country", "--by", "segment.buyer"],
            [("BE", "no", 2, 1, 1), ("BE", "yes", 1, 1, 0), ("FR", "no", 2, 2, 2), ("FR", "yes", 1, 1, 1),
             (None, "no", 1, 1, 0)],
        ),
        (["--every", "month"],
         [("2024-01", True, 3, 3, 1), ("2024-02", True, 2, 2, 1), ("2025-01", False, 2, 2, 2)]),
        (["--every", "quarter"], [("2024-Q1", True, 5, 3, 2), ("2025-Q1", False, 2, 2, 2)]),
        (["--every", "week", "--from", "2024-01-29", "--until", "2024-02-20"],
         [("2024-W05", True, 2, 2, 0), ("2024-W06", True, 1, 1, 1)]),
        (["--every", "month", "--from", "2024-01-15", "--until", "2024-03-09"],
         [("2024-01", False, 2, 2, 0), ("2024-02", True, 2, 2, 1)]),
        (["--every", "month", "--by", "contact.country", "--until", "2024-02-08"],
         [("BE", "2024-01", True, 1, 1, 0), ("BE", "2024-02", False, 1, 1, 0), ("FR", "2024-01", True, 1, 1, 1),
          (None, "2024-01", True, 1, 1, 0)]),
    ],
)  # fmt: skip
def test_journeys_are_grouped_by_values_at_entry_and_by_period(
    shop: Path, capsys: pytest.CaptureFixture[str], options: list[str], expected: list[tuple[Any, ...]]
) -> None:
    assert slices(capsys, shop, *options) == expected


def test_slices_add_up_to_the_whole(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = results(capsys, shop, "--by", "contact.country", "--every", "week", "--workers", "2")
    (scenario,) = report["scenarios"]
    for key in ("journeys", "converted", "value", "cost"):
        assert sum(each[key] or 0 for each in report["slices"]) == scenario[key]
    assert report["slices"] == results(capsys, shop, "--by", "contact.country", "--every", "week")["slices"]


def test_a_period_is_compared_with_the_one_before_or_a_year_before(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = results(capsys, shop, "--every", "month", "--compare", "previous")
    january, february, last = report["slices"]
    assert january["change"] is None
    assert february["change"]["rate"]["estimate"] == pytest.approx(1 / 2 - 1 / 3)
    assert february["change"]["journeys"] == pytest.approx(-1 / 3)
    assert last["change"] is None  # this month is not over
    assert (report["compared_with"]["with"], report["compared_with"]["from"]) == ("previous", None)
    report = results(capsys, shop, "--every", "month", "--compare", "last_year", "--until", "2025-03-01")
    assert [each["change"] and each["change"]["rate"]["estimate"] for each in report["slices"]] == [
        None, None, pytest.approx(1 - 1 / 3),
    ]  # fmt: skip


def test_a_span_is_compared_with_what_it_shows_for_the_earlier_span(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    span = ("--from", "2025-01-01", "--until", "2025-03-01")
    report = results(capsys, shop, *span, "--compare", "last_year", "--by", "contact.country")
    (before,) = report["compared_with"]["scenarios"]
    (single_year,) = results(capsys, shop, "--from", "2024-01-01", "--until", "2024-03-01")["scenarios"]
    assert {key: before[key] for key in ("journeys", "converted", "value")} == {
        key: single_year[key] for key in ("journeys", "converted", "value")
    }
    assert before["change"]["rate"]["estimate"] == pytest.approx(1 - 2 / 5)
    (french,) = report["slices"]
    assert french["change"]["rate"]["estimate"] == 0
    assert "Beside the same span a year before" in shown(capsys, shop, *span, "--compare", "last_year")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--by", "contact.contry"], "'contry'"),
        (["--by", "event.total"], "--by 'event.total' has errors"),
        (["--every", "day"], "--every cannot be 'day'"),
        (["--compare", "lastyear"], "did you mean 'last_year'"),
        (["--compare", "previous"], "give the start of the span with --from"),
        (["--compare", "previous", "--from", "2023-01-01", "--until", "2024-02-01"], "nothing of the earlier span"),
    ],
)
def test_wrong_groups_and_comparisons_are_an_error(
    shop: Path, capsys: pytest.CaptureFixture[str], options: list[str], expected: str
) -> None:
    assert run(["results", "--project", str(shop), "--events", str(shop / "log.jsonl"), *options]) == 2
    assert expected in capsys.readouterr().err


def test_more_slices_than_anybody_can_compare_stop(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenario_cli.hosts.results.over_log.MOST_SLICES", 2)
    assert run(["results", "--project", str(shop), "--events", str(shop / "log.jsonl"), "--by", "contact.id"]) == 2
    assert "take a coarser value" in capsys.readouterr().err


def test_an_entry_at_the_beginning_of_a_span_is_not_in_the_span_before(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = results(capsys, shop, "--from", "2024-01-20T10:00", "--until", "2024-02-20", "--compare", "previous")
    (before,) = report["compared_with"]["scenarios"]
    assert (report["scenarios"][0]["journeys"], before["journeys"]) == (4, 1)


def test_the_report_shows_slices_marks_what_is_not_over_and_masks_addresses(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, shop, "--by", "contact.country", "--every", "month")
    assert "By contact.country and month of entry" in text
    assert "unknown" in text
    assert "2025-01 *" in text
    assert "Its figures can still grow" in " ".join(text.split())
    contacts = shop / "contacts.csv"
    contacts.write_text("contact_id,email\na,ana.b@example.com\n", encoding="utf-8")
    text = shown(capsys, shop, "--by", "contact.email", "--contacts", str(contacts))
    assert "a***@example.com" in text
    assert "ana.b" not in text
    assert "ana.b" not in shown(capsys, shop, "--by", "contact.email", "--contacts", str(contacts), "--format", "json")
