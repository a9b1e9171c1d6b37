"""Flows of Klaviyo, as its API returns them."""

from scenario_cli.importing.formats.format import Format
from scenario_cli.importing.formats.klaviyo.flow import looks_like, read

FORMAT = Format(
    "Klaviyo",
    "a Klaviyo flow with its definition",
    "ask the API for the flow with additional-fields[flow]=definition",
    looks_like,
    read,
)
