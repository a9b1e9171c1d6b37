"""`scenario docs`: a project as one linked site that needs no other files."""

from __future__ import annotations

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from scenario_cli.shipped import shipped
from tests.cli.docs.walk import Page, broken_links, pages_of
from tests.sample.shop import small_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the shipped scenarios with the log of a few contacts, and the tests of one scenario."""
    folder = small_shop(tmp_path_factory.mktemp("docs") / "shop", ("cart_abandonment", "loyalty_points", "nearby"))
    (folder / "tests").mkdir()
    shutil.copy(shipped("scenarios") / "tests" / "cart_abandonment.test.yaml", folder / "tests")
    return folder


@pytest.fixture(scope="module")
def site(shop: Path) -> Path:
    assert run(["docs", str(shop), "--out", str(shop.parent / "site"), "--counts", "-q"]) == 0
    return (shop.parent / "site").resolve()


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return pages_of(site)


def test_every_link_leads_to_a_page_and_a_mark_of_the_site(pages: dict[Path, Page]) -> None:
    assert len(pages) > 20
    assert broken_links(pages) == []


def test_every_page_is_reached_from_the_first(site: Path, pages: dict[Path, Page]) -> None:
    reached = {site / "index.html"}
    waiting = list(reached)
    for file in waiting:
        for link in pages[file].links:
            target = (file.parent / link.partition("#")[0]).resolve()
            if target in pages and target not in reached:
                reached.add(target)
                waiting.append(target)
    assert set(pages) - reached == set()


def test_links_of_the_search_exist(site: Path, pages: dict[Path, Page]) -> None:
    text = (site / "assets" / "index.js").read_text(encoding="utf-8")
    entries = json.loads(text.removeprefix("window.scenarioIndex = ").removesuffix(";\n"))
    assert ["cart_abandonment", "scenario, Abandoned cart"] in [entry[:2] for entry in entries]
    assert {entry[1] for entry in entries if "," not in entry[1]} >= {
        "event",
        "metric",
        "segment",
        "program",
        "channel",
    }
    for _, _, address, _ in entries:
        file, _, mark = address.partition("#")
        assert (site / file) in pages
        assert not mark or mark in pages[site / file].ids


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for page in pages.values():
        loaded = [attributes.get("src", "") for tag, attributes in page.elements if tag != "a"]
        loaded += [attributes["href"] for attributes in page.all("link")]
        assert not [address for address in loaded if "//" in address]
        for frame in page.all("iframe"):
            assert "sandbox" in frame
            assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in frame["srcdoc"]
    for name in ("style.css", "sort.js", "search.js", "drawing.js"):
        assert not re.search(r"https?:|@import|url\(|fetch\(", (site / "assets" / name).read_text(encoding="utf-8"))


def test_a_screen_reader_finds_its_way(pages: dict[Path, Page]) -> None:
    for file, page in pages.items():
        name = file.name
        assert page.unclosed == [], name
        assert len(page.ids) == len(set(page.ids)), name
        assert [level for level, _ in page.headings].count(1) == 1, name
        levels = [level for level, _ in page.headings]
        assert levels[0] == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), (name, levels)
        assert page.all("html") == [{"lang": "en"}], name
        assert len(page.all("main")) == len(page.all("header")) == 1, name
        labels = [attributes.get("aria-label") for attributes in page.all("nav")]
        assert all(labels), name
        assert len(labels) == len(set(labels)), name
        assert all(page.texts), name  # every link has words
        labelled = {attributes["for"] for attributes in page.all("label")}
        assert {attributes["id"] for attributes in page.all("input")} == labelled, name
        assert all(attributes.get("title") for attributes in page.all("iframe")), name
        assert all(attributes.get("scope") for attributes in page.all("th")), name
        assert len(page.all("table")) == len(page.all("caption")) or name == "results.html"  # has headings
        named = [attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes]
        assert set(named) <= set(page.ids), name
        assert page.links[0].startswith(("../assets", "assets")), name
        assert "#content" in page.links, name


def test_each_scenario_page_is_complete(site: Path) -> None:
    page = (site / "scenarios" / "cart_abandonment.html").read_text(encoding="utf-8")
    for words in (
        "Abandoned cart", "crm@example.com", "2025-02-17", "State machine of Abandoned cart",
        "from worth_an_offer: else",
        "first of: push cart/last_call, sms cart/last_call", "Camille, votre panier est toujours là", "dropped because",
        "no consent", "a cart of 80 euros earns cart/offer", "within 15 minutes",
        "counted: metric orders_60d", "entered before",
    ):  # fmt: skip
        assert words in page, words


def test_definitions_and_their_readers_link_to_each_other(site: Path) -> None:
    plan = (site / "tracking-plan.html").read_text(encoding="utf-8")
    event = plan[plan.index('id="event-cart_updated"') :].partition("</dl>")[0]
    assert 'href="scenarios/cart_abandonment.html"' in event
    scenario = (site / "scenarios" / "cart_abandonment.html").read_text(encoding="utf-8")
    assert 'href="../tracking-plan.html#event-cart_updated"' in scenario
    metrics = (site / "metrics.html").read_text(encoding="utf-8")
    assert 'href="tracking-plan.html#event-order_completed"' in metrics
    policy = (site / "policy.html").read_text(encoding="utf-8")
    assert 'href="scenarios/nearby.html"' in policy[policy.index("are quiet from 21:00") :]


def test_the_overview_warns_of_the_data(site: Path) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    warnings = page[page.index('id="warnings"') :]
    assert "contact." in warnings or "no event" in warnings


def test_a_message_has_its_own_figures_and_its_way_back(site: Path) -> None:
    page = (site / "messages" / "cart_abandonment.reminder.push.html").read_text(encoding="utf-8")
    assert 'href="../scenarios/cart_abandonment.html#messages"' in page
    assert "Camille, votre panier vous attend" in page
    tiles = dict(re.findall(r"<dt>([\w ]+)</dt><dd>([\d,.]+)", page))
    assert int(tiles["asked for"]) == int(tiles["sent"]) + int(tiles["dropped"]) > 0


def test_the_same_project_gives_the_same_bytes_from_any_folder(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, folder, project in (("one", tmp_path, str(shop)), ("other", shop, ".")):
        monkeypatch.chdir(folder)
        assert run(["docs", "--project", project, "--out", str(tmp_path / name), "-q"]) == 0
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert [path.read_bytes() for path in (tmp_path / "one" / file for file in files)] == [
        path.read_bytes() for path in (tmp_path / "other" / file for file in files)
    ]
