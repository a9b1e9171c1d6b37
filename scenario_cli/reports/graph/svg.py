"""A scenario's picture as SVG: drawn by Graphviz if it is installed, else by its port in our package."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from scenario_cli.analysis.picture import Picture
from scenario_cli.reports.graph.dot import graph_dot

_SECONDS = 60


class NoRenderer(Exception):
    """No program here can draw SVG, or the drawing failed; the text states which."""


def graph_svg(picture: Picture, links: Mapping[str, str] | None = None, total: int = 0) -> str:
    """The picture as a file of SVG; `links` and `total` are those of `graph_dot`."""
    program = _program()
    if program is None:
        raise NoRenderer("neither Graphviz nor graphviz-pure is installed")
    try:
        result = subprocess.run(
            [program, "-Tsvg"],
            input=graph_dot(picture, links, total).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoRenderer(f"'{program}' did not draw it: {error}") from None
    if result.returncode or b"</svg>" not in result.stdout:
        errors = result.stderr.decode(errors="replace").strip().splitlines()
        raise NoRenderer(f"'{program}' did not draw it: {errors[0] if errors else 'no reason given'}")
    # No wider than its window; the drawing's own size is unchanged, so that a page can read it.
    return result.stdout.decode().replace("<svg ", '<svg style="max-width:100%;height:auto" role="img" ', 1)


def _program() -> str | None:
    scripts = Path(sysconfig.get_path("scripts"))  # installed with us, also if its folder is not on the PATH
    ours = shutil.which("graphviz-pure", path=str(scripts)) or shutil.which("graphviz-pure")
    return shutil.which("dot") or ours
