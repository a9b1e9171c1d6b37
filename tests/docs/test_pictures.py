"""The pictures of the README show the scenario as it is; their layout can differ between drawing programs."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.docs.pictures import PICTURES, SCENARIO, dark, draw


def texts(svg: Path) -> list[str]:
    """The nodes, arrows and labels of a drawing."""
    text = svg.read_text(encoding="utf-8")
    matches = re.findall(r"<title>(.*?)</title>|<text [^>]*>(.*?)</text>", text)
    return sorted(" ".join(html.unescape("".join(parts)).split()) for parts in matches)


@pytest.mark.parametrize("page", ["light", "dark"])
def test_a_picture_is_up_to_date(page: str, tmp_path: Path) -> None:
    draw(tmp_path)
    name = f"{SCENARIO}.{page}.svg"
    assert texts(PICTURES / name) == texts(tmp_path / name), "out of date: run `python -m tests.docs.pictures`"


def test_a_dark_picture_has_no_colour_of_the_light_one() -> None:
    light = (PICTURES / f"{SCENARIO}.light.svg").read_text(encoding="utf-8")
    assert dark(light) == (PICTURES / f"{SCENARIO}.dark.svg").read_text(encoding="utf-8")
    assert not set(re.findall(r'"#\w{6}"', light)) & set(re.findall(r'"#\w{6}"', dark(light)))


def test_the_readme_shows_both() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"docs/pictures/{SCENARIO}.{page}.svg" in readme for page in ("light", "dark"))
