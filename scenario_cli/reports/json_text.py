"""Plain values as JSON that no terminal and no CI log acts on. Knows no report."""

from __future__ import annotations

import json
from typing import Any

from scenario_cli.model.plain_text import escaped


def json_text(values: Any) -> str:
    """The values as JSON, indented, texts in UTF-8; characters that steer a terminal are written as escapes."""
    return escaped(json.dumps(values, indent=2, ensure_ascii=False)) + "\n"
