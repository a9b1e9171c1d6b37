"""Google Analytics 4: the BigQuery export, as JSON lines or Parquet.

https://support.google.com/analytics/answer/7029846; times are microseconds, JSON has them as text.
"""

from __future__ import annotations

from scenario_cli.events.sources.source import Source, signs

GA4 = Source(
    name="ga4",
    title="a Google Analytics 4 export",
    signs=signs("event_timestamp event_name event_params"),
    contact_id=("user_id",),
    anonymous_id=("user_pseudo_id",),
    event=("event_name",),
    timestamp=("event_timestamp",),
    pairs=("event_params", "user_properties"),
    behind=("ecommerce", "geo", "device"),
)
