"""The parts that charts are made of, and the frame around them. Draws no chart."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from scenario_cli.model.plain_text import printable
from scenario_cli.reports.document.parts import Drawing

WIDTH = 460
LINE = 20  # the height of a line of text
_LETTER = 7.2  # the width of most letters at 12 pixels

# Fills by rank; all but the first are hatched or empty, so that they differ on a printer without colour.
FILLS = ("fill0", "fill1", "fill2")
_PATTERNS = Markup(
    '<defs><pattern id="{0}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" class="paper"/><rect width="2.4" height="6" class="ink"/></pattern></defs>'
)


def picture(name: str, title: str, height: float, parts: Iterable[Markup]) -> Drawing:
    """A drawing with its title for screen readers. `name` is unique on its page."""
    svg = Markup(
        '<svg class="chart" id="{0}" viewBox="0 0 {1:g} {2:g}" role="img" aria-label="{3}">'
        "<title>{3}</title>{4}{5}</svg>"
    ).format(name, WIDTH, height, printable(title), _PATTERNS.format(name), Markup("").join(parts))
    return Drawing(title, svg)


def text(x: float, y: float, content: str, anchor: str = "start", kind: str = "") -> Markup:
    """A text on a base line; `anchor` is start, middle or end."""
    classes = Markup(' class="{}"').format(kind) if kind else Markup()
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}"{}>{}</text>').format(
        x, y, anchor, classes, escape(printable(content))
    )


def box(name: str, x: float, y: float, width: float, height: float, rank: int, title: str) -> Markup:
    """A filled rectangle of the drawing `name`, with a title that shows under the pointer."""
    fill = Markup(' style="fill: url(#{}-hatch)"').format(name) if rank == 1 else Markup()
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}"{}><title>{}</title></rect>'
    ).format(x, y, max(width, 0), max(height, 0), FILLS[rank], fill, printable(title))


def rule(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="rule"/>').format(x1, y1, x2, y2)


def text_width(content: str) -> float:
    return len(content) * _LETTER


def cut(content: str, width: float) -> str:
    """The text, cut if it is too wide."""
    most = max(int(width / _LETTER), 2)
    return content if len(content) <= most else f"{content[: most - 1].rstrip()}…"


def short(number: float) -> str:
    """A number in few characters: 950, 12.3k, 4.5M."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if abs(number) >= size:
            scaled = number / size
            return f"{scaled:.0f}{unit}" if abs(scaled) >= 99.5 else f"{scaled:.1f}{unit}"
    return f"{number:.0f}"
