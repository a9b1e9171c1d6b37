"""`scenario insights` over a log of a few contacts, and its reports of the shipped log against golden files.

UPDATE_CASES=1 pytest tests/cli/test_insights.py writes the golden files anew; read the difference.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from scenario_cli.cli.main import run
from scenario_cli.shipped import shipped
from tests.output_schema import fitting

HERE = Path(__file__).parent
SHOWN = HERE / "insights_shown"

PROJECT = """\
project: shop
timezone: Europe/Paris
currency: EUR
channels:
  email: {address: contact.email, consent: contact.email_optin}
  sms: {address: contact.phone, consent: contact.sms_optin}
  push: {address: contact.token or contact.device}
  desk: {address: "'desk@example.com'", recipient: staff}
insights:
  purchase: {event: order, amount: total, currency: currency, product: product, quantity: pieces}
  first_touch: {event: visit, source: source}
  minimum: 2
  support: 2
"""
PLAN = """\
profile:
  {email: string, email_optin: boolean, phone: string, sms_optin: boolean, token: string, device: string}
events:
  visit: {properties: {source: string}}
  order: {properties: {total: number, currency: string, product: string, pieces: integer}}
  told: {profile: true}
"""
CONTACTS = """\
contact_id,email,email_optin,phone,sms_optin,token,device,known_since
ana,ana@example.com,true,+33639980001,false,t1,,
bo,ANA@example.com,true,none,true,,d2,
cy,not an address,true,,,,,2025-01-15
dee,,,,,,,2026-01-01
"""
EVENTS = [
    ("ana", "visit", "2024-12-31T23:30:00Z", {"source": "search"}),  # January in Paris
    ("ana", "order", "2025-01-01T10:00:00Z", {"total": 10.1, "currency": "EUR", "product": "pot", "pieces": 2}),
    ("ana", "order", "2025-01-11T10:00:00Z", {"total": 20.2, "currency": "eur", "product": "lid"}),
    ("bo", "order", "2025-01-02T10:00:00Z", {"total": 5, "product": "pot"}),
    ("bo", "order", "2025-01-02T10:00:00Z", {"total": 5, "product": "pot"}),
    ("bo", "order", "2025-02-01T10:00:00Z", {"product": "lid"}),
    ("bo", "order", "2025-02-02T10:00:00Z", {"total": 99, "currency": "USD", "product": "pot"}),
    ("bo", "told", "2025-02-03T10:00:00Z", {"email_optin": None}),
    ("eve", "visit", "2025-02-04T10:00:00Z", {"source": "eve@example.com"}),
    ("eve", "order", "2025-02-05T10:00:00Z", {"total": 7, "product": "=cmd"}),
]

Tell = Callable[..., dict[str, Any]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "project.yaml").write_text(PROJECT, encoding="utf-8")
    (folder / "events.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    lines = [
        # A second order at the same instant has the id of the first: it is the same order.
        {"contact_id": contact, "event": name, "timestamp": at, "properties": values, "event_id": f"{contact}-{at}"}
        for contact, name, at, values in EVENTS
    ]
    (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


@pytest.fixture
def tell(shop: Path, tmp_path: Path) -> Tell:
    """The insights of the shop as JSON, checked against the schema."""

    def reported(*arguments: str) -> dict[str, Any]:
        file = tmp_path / "told.json"
        assert run(["insights", *where(shop), "--output", str(file), *arguments]) == 0
        return fitting("insights", file.read_text(encoding="utf-8"))

    return reported


def where(shop: Path) -> list[str]:
    events, contacts = str(shop / "events.jsonl"), str(shop / "contacts.csv")
    return ["--project", str(shop), "--events", events, "--contacts", contacts, "-q"]


def test_contacts_are_those_of_the_table_who_are_known_by_then_and_those_with_an_event(tell: Tell) -> None:
    base = tell("--part", "base")["base"]
    assert (base["contacts"], base["buyers"], base["prospects"]) == (4, 3, 1)  # dee is not known yet
    assert [(month["month"], month["new"]) for month in base["months"]] == [("2025-01", 3), ("2025-02", 1)]


def test_consent_and_addresses_are_what_the_channels_take_for_them(tell: Tell) -> None:
    channels = {line["channel"]: line for line in tell("--part", "base")["base"]["channels"]}
    assert list(channels) == ["email", "sms", "push"]
    # The consent of bo was unset.
    assert channels["email"] == {
        "channel": "email", "yes": 2, "no": 0, "never": 2, "addressed": 2, "invalid": 1, "shared": 2, "reachable": 1,
    }  # fmt: skip
    assert (channels["sms"]["yes"], channels["sms"]["no"], channels["sms"]["invalid"]) == (1, 1, 1)
    assert (channels["push"]["yes"], channels["push"]["addressed"], channels["push"]["reachable"]) == (None, 2, 2)


def test_a_repeated_purchase_and_one_in_another_currency_do_not_count_and_one_without_amount_is_0(tell: Tell) -> None:
    document = tell("--part", "base", "--part", "products")
    assert (document["foreign"], document["unpriced"]) == (1, 1)
    assert [month["orders"] for month in document["base"]["months"]] == [3, 2]
    assert sum(month["revenue"] for month in document["base"]["months"]) == pytest.approx(42.3)
    pot = document["products"][1]
    assert (pot["name"], pot["revenue"], pot["units"]) == ("pot", 15.1, 3.0)
    assert "rfm" not in document


def test_scores_without_metrics_are_quarters(tell: Tell) -> None:
    rfm = tell("--part", "rfm")["rfm"]
    assert rfm["edges"]["frequency"] == [1.0, 2.0, 2.0]
    assert sum(line["customers"] for line in rfm["scores"]) == rfm["buyers"]["customers"] == 3


def test_figures_are_of_the_span_and_ignore_events_after_the_instant(tell: Tell) -> None:
    document = tell("--as-of", "2025-02-01T12:00", "--from", "2025-01-02", "--until", "2025-02-01")
    assert document["base"]["buyers"] == 2
    assert [month["orders"] for month in document["base"]["months"]] == [2]
    cohorts = {(line["kind"], line["name"]): line for line in document["cohorts"]["cohorts"]}
    assert cohorts["all", ""]["customers"] == 1  # ana began before the span
    assert cohorts["all", ""]["orders"] == 2  # the events of bo after it, up to the instant, count


def test_pairs_are_those_in_another_order_later_and_a_draft_holds_the_best_of_each(
    tell: Tell, shop: Path, tmp_path: Path
) -> None:
    (pair,) = tell("--part", "affinity")["affinity"]["pairs"]
    assert (pair["first"], pair["second"], pair["customers"], pair["first_buyers"]) == ("pot", "lid", 2, 2)
    assert (pair["share"], pair["lift"], pair["median_days"]) == (1.0, 1.5, 20.0)
    draft = tmp_path / "next.csv"
    assert run(["insights", *where(shop), "--part", "base", "--write", "table", str(draft)]) == 0
    with draft.open(encoding="utf-8", newline="") as rows:
        assert list(csv.reader(rows)) == [
            ["product", "next_product", "customers", "share", "lift", "median_days"],
            ["pot", "lid", "2", "1.0000", "1.50", "20"],
        ]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("product: sku", [("product", "pot", 0, 2)]),
        ("product: sku, price: price", [("product", "pot", 15, 2)]),
        ("category: kind, price: price, quantity: pieces", [("category", "kitchen", 20, 3)]),
        ("price: price", []),
    ],
)
def test_lines_of_an_order_can_lack_any_key(
    shop: Path, tell: Tell, keys: str, expected: list[tuple[str, str, float, float]]
) -> None:
    purchase = f"  purchase: {{event: order, amount: total, items: items, {keys}}}\n"
    (shop / "project.yaml").write_text(re.sub(r"  purchase: .*\n", purchase, PROJECT), encoding="utf-8")
    line = "{sku: {type: string}, kind: {type: string}, price: {type: number}, pieces: {type: integer}}"
    items = f"items: {{type: array, items: {{type: object, properties: {line}}}}}"
    (shop / "events.yaml").write_text(PLAN.replace("total: number", f"total: number, {items}"), encoding="utf-8")
    lines = [{"sku": "pot", "kind": "kitchen", "price": 10 / pieces, "pieces": pieces} for pieces in (1, 2)]
    bought = {"total": 20, "items": lines}
    order = {"contact_id": "ana", "event": "order", "timestamp": "2025-01-01T10:00:00Z", "properties": bought}
    (shop / "events.jsonl").write_text(json.dumps(order) + "\n", encoding="utf-8")
    sold = tell("--part", "products")["products"]
    assert [(each["kind"], each["name"], each["revenue"], each["units"]) for each in sold] == expected


def test_a_part_by_itself_is_the_same_as_among_all(tell: Tell) -> None:
    together = tell()
    for part in ("base", "rfm", "cohorts", "products", "affinity"):
        single_part = tell("--part", part)
        assert (single_part[part], single_part["as_of"]) == (together[part], together["as_of"]), part


def test_a_short_life_of_subscriptions_is_shown_to_a_tenth_of_a_month(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = "  subscriptions: {started: begun, cancelled: gone, key: id}\n  minimum: 1\n"
    (shop / "project.yaml").write_text(PROJECT.replace("  minimum: 2\n", settings), encoding="utf-8")
    (shop / "events.yaml").write_text(
        f"{PLAN}  begun: {{properties: {{id: string}}}}\n  gone: {{properties: {{id: string}}}}\n", encoding="utf-8"
    )
    rows = [("ana", "begun", "2025-01-02", "a"), ("bo", "begun", "2025-01-02", "b"), ("cy", "begun", "2025-02-02", "c"),
            ("ana", "gone", "2025-02-10", "a"), ("bo", "gone", "2025-03-10", "b")]  # fmt: skip
    lines = [
        {"contact_id": contact, "event": name, "timestamp": at, "properties": {"id": key}}
        for contact, name, at, key in rows
    ]
    (shop / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert run(["insights", *where(shop), "--part", "cohorts", "--as-of", "2025-04-01T12:00"]) == 0
    # Of two that ran in February, two in March and one in April, two ended.
    out = " ".join(capsys.readouterr().out.split())
    assert "40% a month, so that a subscription lasts 2.5 months" in out


def test_a_source_that_is_an_address_is_masked_unless_asked_for(tell: Tell) -> None:
    def sources(document: dict[str, Any]) -> set[str]:
        return {line["name"] for line in document["cohorts"]["cohorts"] if line["kind"] == "source"}

    assert "eve@example.com" in sources(tell("--part", "cohorts", "--show-data"))
    assert "e***@example.com" in sources(tell("--part", "cohorts"))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--part", "bse"], "--part cannot be 'bse'"),
        (["--write", "tabel", "next.csv"], "--write cannot be 'tabel'"),
        (["--write", "table", "next.xlsx"], "needs a .csv file"),
        (["--from", "2030-01-01"], "--from is after the end of the log"),
        (["--from", "2025-01-02", "--until", "2025-01-01"], "--until must be after --from"),
        (["--as-of", "soon"], "--as-of 'soon' is not a date or date-time"),
        (["--format", "pdf"], "--format cannot be 'pdf'"),
    ],
)
def test_a_wrong_option_is_named_in_the_error(
    arguments: list[str], expected: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["insights", *where(shop), *arguments]) == 2
    assert expected in capsys.readouterr().err


def test_a_project_without_a_purchase_event_gets_the_shortest_setting(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "project.yaml").write_text(PROJECT.partition("insights:")[0], encoding="utf-8")
    assert run(["insights", *where(shop)]) == 2
    assert "insights: {purchase: {event: order_completed, amount: total}}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        ("event: order,", "event: ordr,", "REF001 unknown event 'ordr'"),
        ("amount: total", "amount: totl", "REF004 unknown property 'totl'"),
        ("source: source", "source: sorce", "REF004 unknown property 'sorce'"),
        ("minimum: 2", "rfm: {segments: loyal}", "REF015 unknown segment 'loyal'"),
        ("minimum: 2", "rfm: {recency: lately}", "REF014 unknown metric 'lately'"),
        ("minimum: 2", "spend: {table: spend, month: m, source: s, amount: a}", "REF016 unknown table 'spend'"),
        ("event: order,", "evnt: order,", "unknown key 'evnt'"),
    ],
)
def test_a_name_that_does_not_exist_is_a_finding(
    before: str, after: str, finding: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "project.yaml").write_text(PROJECT.replace(before, after), encoding="utf-8")
    assert run(["validate", str(shop)]) == 1
    written = capsys.readouterr()
    assert finding in written.out + written.err


def test_a_log_without_purchases_has_a_note(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (shop / "events.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (shop / "events.jsonl").write_text("".join(line for line in lines if '"visit"' in line), encoding="utf-8")
    assert run(["insights", *where(shop)]) == 0
    out = capsys.readouterr().out
    for sentence in ("Nobody has bought yet.", "No first orders in this period.", "No purchase has"):
        assert sentence in out


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The shipped log in each format, by the name of the golden file."""
    folder, texts = tmp_path_factory.mktemp("shown"), {}
    with pytest.MonkeyPatch.context() as patch:
        for name, columns in (("80.txt", "80"), ("120.txt", "120"), ("committee.md", "80"), ("page.html", "80")):
            patch.setenv("COLUMNS", columns)
            file = folder / name
            kind = {"txt": "text", "md": "markdown", "html": "html"}[name.rpartition(".")[2]]
            arguments = ["insights", "--project", str(shipped("scenarios")), "-q", "--format", kind]
            assert run([*arguments, "--output", str(file)]) == 0
            texts[name] = file.read_text(encoding="utf-8")
    return texts


@pytest.mark.parametrize("name", ["80.txt", "120.txt", "committee.md"])
def test_the_report_on_the_shipped_log_is_that_of_the_golden_file(name: str, documents: dict[str, str]) -> None:
    golden = SHOWN / name
    if os.environ.get("UPDATE_CASES"):
        golden.write_text(documents[name], encoding="utf-8")
    assert documents[name] == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "width"), [("80.txt", 80), ("120.txt", 120)])
def test_no_line_is_wider_than_the_terminal(name: str, width: int, documents: dict[str, str]) -> None:
    assert max(map(cell_len, documents[name].splitlines())) <= width


def test_the_page_has_charts_with_numbers_and_loads_nothing(documents: dict[str, str]) -> None:
    page = documents["page.html"]
    drawings = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]
    assert len(drawings) >= 10
    assert len({drawing.get("id") for drawing in drawings}) == len(drawings)
    for drawing in drawings:
        assert drawing.get("role") == "img" and drawing.get("aria-label")
        marks = [part for part in drawing.iter() if part.tag in ("rect", "circle") and part.find("title") is not None]
        assert marks and any(re.search(r"\d", "".join(part.itertext())) for part in drawing.iter("text"))
    assert not re.search(r"<(script|link|img)|https?://|@import", page)
    assert "prefers-color-scheme: dark" in page and "@media print" in page


def test_the_page_is_well_formed(documents: dict[str, str]) -> None:
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            pass

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in ("meta", "br"):
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader().feed(documents["page.html"])
    assert opened == []
