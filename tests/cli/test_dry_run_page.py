"""The page of `dry-run --report`: contents, totals, the funnel in the order of the flow, messages and drops."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from scenario_cli.cli.main import run
from tests.cli.docs.walk import broken_links, page_of
from tests.sample.shop import small_shop


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_shop(tmp_path_factory.mktemp("report") / "shop", ("cart_abandonment", "nearby"))
    page = folder.parent.resolve() / "report.html"
    assert run(["dry-run", "--project", str(folder), "--report", str(page), "-q", "--output", str(page) + ".txt"]) == 0
    return page


def rows(page: str, label: str) -> list[list[str]]:
    """The cells of the first table with a label, with its head as the first row and its totals as the last."""
    table = page[page.index(f">{label}</caption>") :].partition("</table>")[0]
    lines = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [[html.unescape(re.sub(r"<[^>]+>", " ", cell)).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", line)]
            for line in lines]  # fmt: skip


def number(text: str) -> int:
    return int(text.replace(",", "") or 0)


def test_its_contents_lead_to_its_parts(report: Path) -> None:
    page = page_of(report)
    assert broken_links({report: page}) == []
    assert {"#overview", "#s1", "#s2", "#calendar", "#pressure", "#warnings"} <= set(page.links)
    assert page.unclosed == []
    assert [level for level, _ in page.headings].count(1) == 1


def test_totals_are_the_sums_of_their_columns(report: Path) -> None:
    head, *lines, total = rows(report.read_text(encoding="utf-8"), "Scenarios")
    assert total[0] == "all"
    for column, name in enumerate(head):
        if name in ("entered", "sent", "dropped", "converted", "running"):
            assert number(total[column]) == sum(number(line[column]) for line in lines) > 0, name


def test_the_funnel_is_in_the_order_of_the_flow_with_separate_branches(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    _, *lines = rows(text, "States in the order of the flow")
    assert [" ".join(line[0].split()) for line in lines] == [
        "cart_open", "reminder", "worth_an_offer", "offer from worth_an_offer: if cart.total >= 80",
        "last_call from worth_an_offer: else",
    ]  # fmt: skip
    reached = [number(line[1]) for line in lines]
    assert reached[2] == reached[3] + reached[4] > 0
    assert re.findall(r'class="bar" style="width: ([\d.]+)%"', text)[:1] == ["100.0"]


def test_each_message_has_its_drops_with_their_reasons(report: Path) -> None:
    head, *lines, total = rows(report.read_text(encoding="utf-8"), "Messages")
    requested, sent, dropped = (head.index(name) for name in ("asked for", "sent", "dropped"))
    for line in (*lines, total):
        assert number(line[requested]) == number(line[sent]) + number(line[dropped])
    for line in lines:
        counts = [number(count) for count in re.findall(r" ([\d,]+)(?:, |$)", line[-1])]
        assert sum(counts) == number(line[dropped]), line
    assert number(total[dropped]) == sum(number(line[dropped]) for line in lines) > 0
