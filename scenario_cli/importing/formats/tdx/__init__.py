"""Journeys of Treasure Data, as `tdx journey pull` writes them."""

from scenario_cli.importing.formats.format import Format
from scenario_cli.importing.formats.tdx.journey import looks_like, read

FORMAT = Format("Treasure Data", "a tdx journey", "write it with 'tdx journey pull'", looks_like, read)
