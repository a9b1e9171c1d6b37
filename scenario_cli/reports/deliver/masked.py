"""A delivery without the addresses of contacts."""

from __future__ import annotations

import re
from dataclasses import replace

from scenario_cli.model.handing import ChannelResult, DeliveryResult
from scenario_cli.reports.masking import masked, masked_value

_PHONE = re.compile(r"[+(\d][\d\s()./\u2011-]+")


def masked_delivery(result: DeliveryResult) -> DeliveryResult:
    """The result with masked addresses, also in the answers of servers."""
    return replace(result, channels=[_masked(channel) for channel in result.channels])


def _masked(channel: ChannelResult) -> ChannelResult:
    troubles = [
        trouble._replace(address=_address(trouble.address), answer=masked(trouble.answer))
        for trouble in channel.troubles
    ]
    return replace(channel, reason=masked(channel.reason), postponed=masked(channel.postponed), troubles=troubles)


def _address(address: str) -> str:
    """An e-mail address or a telephone number; of anything else, such as a device's token, the beginning."""
    if _PHONE.fullmatch(address):
        return masked_value("phone", address)
    shown = masked(address) if "@" in address else address
    return shown if shown != address or not address else f"{address[:3]}***"
