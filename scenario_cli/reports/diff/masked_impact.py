"""An impact with the ids of contacts masked where they are addresses or telephone numbers."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.model.impact import Impact
from scenario_cli.reports.masking import masked_id


def masked_impact(impact: Impact) -> Impact:
    """The same figures, with no address and no telephone number among the ids."""
    before, after = (replace(one, contact_id=masked_id(one.contact_id)) for one in impact.pressure.busiest)
    return replace(
        impact,
        pressure=replace(impact.pressure, busiest=(before, after)),
        examples=tuple(replace(example, contact_id=masked_id(example.contact_id)) for example in impact.examples),
    )
