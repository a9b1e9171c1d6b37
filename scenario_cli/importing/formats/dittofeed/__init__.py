"""Journeys of Dittofeed, as its API returns them."""

from scenario_cli.importing.formats.dittofeed.journey import looks_like, read
from scenario_cli.importing.formats.format import Format

FORMAT = Format("Dittofeed", "a journey of Dittofeed", "get it from /api/admin/journeys", looks_like, read)
