"""Campaigns of Mautic, as its export and its API give them."""

from scenario_cli.importing.formats.format import Format
from scenario_cli.importing.formats.mautic.campaign import looks_like, read

FORMAT = Format(
    "Mautic", "an exported campaign of Mautic", "export the campaign, and unpack the archive", looks_like, read
)
