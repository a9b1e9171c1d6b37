"""An impact with every part that an impact can have, as text and as Markdown: goldens in this folder.

UPDATE_CASES=1 writes them anew; read the diff.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from scenario_cli.model.impact import (
    Asked,
    Busiest,
    ContactImpact,
    Example,
    Impact,
    JourneyImpact,
    MessageImpact,
    Pair,
    PressureImpact,
    Set,
    Sides,
    UpdateImpact,
    UpdatePair,
)
from scenario_cli.model.waits import DAY, HOUR
from scenario_cli.reports.diff.impact_document import impact_document
from scenario_cli.reports.document.markdown import document_markdown
from scenario_cli.reports.document.text import document_text
from tests.engine.worlds import moment

NOON = moment("2025-03-03 12:00")


def message_of(hours: int, reason: str = "", state: str = "reminder") -> Asked:
    return Asked(NOON + hours * HOUR, state, "cart/reminder", reason)


MOVED = Pair("moved", "cart", "email", message_of(0), message_of(1), other_text=True)
GONE = Pair("only_before", "cart", "sms", message_of(30, state="last_call"), None)
IMPACT = Impact(
    start=None,
    until=NOON + 30 * DAY,
    timezone="Europe/Paris",
    currency="EUR",
    rows=(
        MessageImpact("cart", "email", Sides(12_000, 11_990), 10, 5, 800, HOUR, 40, {"capped": 7, "no_consent": 1},
                      {"capped": 3}, Sides(20, 25), 2),
        MessageImpact("cart", "sms", Sides(90, 80), 10),
        MessageImpact("welcome", "push", Sides(4, 4)),
    ),
    journeys=(
        JourneyImpact("cart", Sides(900, 899), {"recovered": Sides(200, 210), "opted_out": Sides(3, 3)},
                      Sides(200, 210), (Decimal("12000.5"), Decimal(13_000))),
        JourneyImpact("welcome", Sides(5, 5), {"done": Sides(5, 5)}, Sides(0, 0)),
    ),
    contacts=ContactImpact(5_000, 3, 20, 11, 4, 700),
    pressure=PressureImpact({1: Sides(900, 880), 2: Sides(40, 40), 7: Sides(0, 1), 8: Sides(1, 0)},
                            (Busiest("c1", 8), Busiest("c2", 7))),
    cost=(Decimal("7.20"), Decimal("6.40")),
    examples=(
        Example("only_before", "c1", "Europe/Paris", (MOVED, GONE), 3),
        Example("update", "c2", "Europe/Paris", (), 0, (
            UpdatePair("other_value", "cart", "tier", Set(NOON, "open", "silver"), Set(NOON, "open", "gold")),
            UpdatePair("only_after", "cart", "points", None, Set(NOON + HOUR, "reminder", 12)),
        )),
    ),
    replayed_twice=3_100,
    cautions=("the type of 'order.total' changed, so both versions were read with the new tracking plan",),
    updates=(
        UpdateImpact("cart", "points", Sides(10, 11), 0, 1, 0, 4),
        UpdateImpact("cart", "tier", Sides(10, 9), 1, 0, 2),
        UpdateImpact("welcome", "tier", Sides(5, 5)),
    ),
)  # fmt: skip


@pytest.mark.parametrize(("name", "width"), [("impact_80.txt", 80), ("impact_120.txt", 120), ("impact.md", 0)])
def test_an_impact_has_sentences_and_tables(name: str, width: int) -> None:
    document = impact_document(IMPACT)
    text = document_text(document, False, width) if width else document_markdown(document)
    if width:
        assert max(map(len, text.splitlines())) <= width
    golden = Path(__file__).parent / "goldens" / name
    if os.environ.get("UPDATE_CASES"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_a_long_list_ends_with_a_count() -> None:
    text = document_text(impact_document(IMPACT, 1), False, 120)
    assert "1 more differ" in text
    assert "1 more row left out." in text
