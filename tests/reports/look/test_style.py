"""The style that all pages share: texts can be read on every background, and all pages can be used without a mouse."""

from __future__ import annotations

import re
from itertools import product

import pytest

from scenario_cli.reports.html_page import look
from scenario_cli.reports.insights.charts.heat import DARKEST

STYLE = str(look("style.css"))
SCHEMES = dict(zip(("light", "dark", "print"), re.findall(r":root \{([^}]*)\}", STYLE), strict=True))
COLOUR = re.compile(r"--([\w-]+): #([0-9a-f]{6})")


def colours(scheme: str) -> dict[str, str]:
    """The colours of a scheme by name; dark and print change some of the light ones."""
    return dict(COLOUR.findall(SCHEMES["light"])) | dict(COLOUR.findall(SCHEMES[scheme]))


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted(map(luminance, (first, second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_stand_out_from_their_ground(scheme: str) -> None:
    by_name = colours(scheme)
    pairs = [
        *product(("ink", "soft", "link"), ("paper", "ground")), *product(("ink", "link"), ("fill-soft", "code")),
        ("warn", "paper"), ("warn", "warn-soft"), ("bad", "paper"), ("bad", "bad-soft"), ("soft", "code"),
    ]  # fmt: skip
    low = {pair: round(contrast(*map(by_name.__getitem__, pair)), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_bars_and_the_mark_of_the_keyboard_stand_out(scheme: str) -> None:
    by_name = colours(scheme)
    for name, ground in product(("fill", "focus"), ("paper", "ground")):
        assert contrast(by_name[name], by_name[ground]) >= 3, (name, ground)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_numbers_on_the_darkest_cell_of_a_chart_can_be_read(scheme: str) -> None:
    by_name = colours(scheme)
    mixed = (
        round(int(by_name["fill"][at : at + 2], 16) * DARKEST + int(by_name["paper"][at : at + 2], 16) * (1 - DARKEST))
        for at in (0, 2, 4)
    )
    ground = "".join(f"{part:02x}" for part in mixed)
    assert contrast(by_name["ink"], ground) >= 4.5


def test_the_keyboard_is_shown_where_it_is() -> None:
    rule = re.search(r"([^}]*):focus-visible \{ outline: 3px solid var\(--focus\)", STYLE)
    assert rule is not None
    for name in ("a", "button", "input", "summary", "[tabindex]"):
        assert f"{name}:focus-visible" in rule[0]
    assert re.findall(r"([\w:.-]+) \{ outline: none", STYLE) == ["main:focus"]  # the skip link leads to it


def test_bars_are_printed() -> None:
    assert re.search(r"\.bar \{[^}]*print-color-adjust: exact", STYLE)
