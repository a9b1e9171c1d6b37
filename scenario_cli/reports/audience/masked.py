"""An audience without personal data: e-mail addresses and telephone numbers are masked everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scenario_cli.model.audience import Audience
from scenario_cli.reports.masking import masked, masked_data, masked_id, masked_read


def masked_audience(audience: Audience) -> Audience:
    """The audience with masked rows and examples; its author's own texts stay."""
    listed = audience.listed
    return replace(
        audience,
        read=masked_read(audience.read),
        warnings=tuple(replace(warning, example=masked(warning.example)) for warning in audience.warnings),
        listed=replace(listed, rows=tuple(map(_row, listed.rows))) if listed is not None else None,
    )


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name: masked_id(str(value)) if name == "contact_id" else masked_data(value, name) for name, value in row.items()
    }
