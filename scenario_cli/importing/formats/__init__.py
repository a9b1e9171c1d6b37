"""The tools whose exports can be read, one module or folder per tool; the table lists them."""

from scenario_cli.importing.formats import dittofeed, klaviyo, mautic, tdx
from scenario_cli.importing.formats.format import Format

FORMATS: dict[str, Format] = {
    "tdx": tdx.FORMAT,
    "klaviyo": klaviyo.FORMAT,
    "mautic": mautic.FORMAT,
    "dittofeed": dittofeed.FORMAT,
}
