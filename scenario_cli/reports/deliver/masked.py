"""A delivery without the addresses of contacts."""

from __future__ import annotations

from dataclasses import replace

from scenario_cli.model.handing import ChannelResult, DeliveryResult
from scenario_cli.reports.masking import masked, masked_value


def masked_delivery(result: DeliveryResult) -> DeliveryResult:
    """The result with masked addresses, also in the answers of servers."""
    return replace(result, channels=[_masked(channel) for channel in result.channels])


def _masked(channel: ChannelResult) -> ChannelResult:
    troubles = [
        trouble._replace(address=_address(trouble.address), answer=masked(trouble.answer))
        for trouble in channel.troubles
    ]
    return replace(channel, reason=masked(channel.reason), troubles=troubles)


def _address(address: str) -> str:
    """An e-mail address or a telephone number; of anything else, such as a device's token, the beginning."""
    shown = masked(address) if "@" in address else masked_value("phone", address)
    return shown if shown != address else f"{address[:3]}***"
