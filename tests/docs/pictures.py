"""Draws the pictures of the README with `scenario graph`, for light and for dark pages.

python -m tests.docs.pictures
"""

from __future__ import annotations

import re
from pathlib import Path

from scenario_cli.cli.main import run
from tests.docs.pages import ROOT

PICTURES = ROOT / "docs" / "pictures"
SCENARIO = "cart_abandonment"
# The colours of the drawing, and the colours for a dark page.
_DARK = {
    "white": "#0d1117",
    "#ffffff": "#161b22",
    "#1c2430": "#e6edf3",
    "#5b6675": "#9aa5b4",
    "#8a94a3": "#6e7a89",
    "#e9f4f1": "#12332c",
    "#2f7d6b": "#4fb89f",
    "#eef0f3": "#21262d",
}


def dark(svg: str) -> str:
    """The same drawing in the colours of a dark page."""
    colours = re.compile("|".join(f'(?<="){re.escape(colour)}(?=")' for colour in _DARK))
    return colours.sub(lambda match: _DARK[match[0]], svg)


def draw(folder: Path) -> None:
    light = folder / f"{SCENARIO}.light.svg"
    arguments = ["graph", SCENARIO, "--project", str(ROOT / "scenarios"), "--output", str(light), "-q"]
    if run(arguments):
        raise SystemExit("the scenario was not drawn")
    (folder / f"{SCENARIO}.dark.svg").write_text(dark(light.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    draw(PICTURES)
