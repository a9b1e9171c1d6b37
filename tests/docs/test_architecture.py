"""docs/architecture.md: the layers import what it states, and the files that it names exist."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "scenario_cli"


def test_the_layers_import_those_of_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE, re.MULTILINE)
    imported = {layer: set(re.findall(r"`(\w+)`", imports)) for layer, imports in rows}
    by_layer: dict[str, set[str]] = {path.name: set() for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    for layer in by_layer:
        for file in (PACKAGE / layer).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            by_layer[layer].update(re.findall(r"^\s*from scenario_cli(?:\.| import )(\w+)", text, re.MULTILINE))
        by_layer[layer].discard(layer)
    assert imported == by_layer


def test_the_files_that_the_page_names_exist() -> None:
    named = set(re.findall(r"`((?:\w+/)+\w*(?:\.\w+)?|\w+\.(?:py|toml))`", PAGE))
    places = (ROOT, PACKAGE, *(path for path in PACKAGE.iterdir() if path.is_dir()))
    assert [name for name in sorted(named) if not any((place / name).exists() for place in places)] == []
    assert "scenario_cli/cli/main.py" in named
