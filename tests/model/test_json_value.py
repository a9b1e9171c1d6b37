"""Values that JSON does not have, at any place inside others."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from scenario_cli.model.json_value import json_value
from tests.rows import rows


@rows(
    ("value", "written"),
    [
        (datetime(2025, 3, 3, 10, tzinfo=UTC), "2025-03-03 10:00:00+00:00"),
        (date(2025, 3, 3), "2025-03-03"),
        (Decimal("1.10"), "1.10"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ([{"at": (date(2025, 3, 3), {"sum": Decimal(1)})}], [{"at": ["2025-03-03", {"sum": "1"}]}]),
        ({1: None}, {"1": None}),
    ],
)
def test_values_that_json_does_not_have_become_texts(value: Any, written: Any) -> None:
    assert json_value(value) == written
    assert json.loads(json.dumps(json_value(value), allow_nan=False)) == written


@rows("value", [None, True, 0, 1.5, "text", [], {"a": [1, "b"]}])
def test_values_that_json_has_stay(value: Any) -> None:
    assert json_value(value) == value
