"""The tools whose exports are known by name: one module each, and this table. Reads nothing."""

from __future__ import annotations

from scenario_cli.events.sources.amplitude import AMPLITUDE
from scenario_cli.events.sources.braze import BRAZE
from scenario_cli.events.sources.customerio import CUSTOMERIO
from scenario_cli.events.sources.ga4 import GA4
from scenario_cli.events.sources.klaviyo import KLAVIYO
from scenario_cli.events.sources.mixpanel import MIXPANEL
from scenario_cli.events.sources.posthog import POSTHOG
from scenario_cli.events.sources.segment import SEGMENT
from scenario_cli.events.sources.shopify import SHOPIFY
from scenario_cli.events.sources.snowplow import SNOWPLOW
from scenario_cli.events.sources.source import Source
from scenario_cli.events.sources.woocommerce import WOOCOMMERCE

SOURCES: tuple[Source, ...] = (
    SEGMENT,
    AMPLITUDE,
    MIXPANEL,
    POSTHOG,
    SNOWPLOW,
    GA4,
    KLAVIYO,
    BRAZE,
    CUSTOMERIO,
    SHOPIFY,
    WOOCOMMERCE,
)

GENERIC = "generic"  # read by the columns' names, even if it looks like a tool's

BY_NAME: dict[str, Source] = {name: source for source in SOURCES for name in (source.name, *source.also)}
NAMES = (GENERIC, *BY_NAME)
