"""The places in a site: file names that every disk accepts, marks within a page, links from page to page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

OVERVIEW, TRACKING_PLAN, METRICS, POLICY, RESULTS = (
    "index.html", "tracking-plan.html", "metrics.html", "policy.html", "results.html",
)  # fmt: skip

# Characters that no disk and no address minds.
_ODD = re.compile(r"[^\w.-]+", re.ASCII)
# Names that Windows keeps for devices, with any text after a point.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def unlike(names: Iterable[str]) -> list[str]:
    """Names of files for names, in their order: none begins like a device, and none differs from another in capitals
    alone.

    >>> unlike(["a/b", "A_b", "con", "a b"])
    ['a_b', 'A_b.2', 'con_', 'a_b.3']
    """
    used: set[str] = set()
    file_names = []
    for name in names:
        stem = _DEVICES.sub(r"\1_", _ODD.sub("_", name)) or "_"
        unique, number = stem, 1
        while unique.casefold() in used:
            number += 1
            unique = f"{stem}.{number}"
        used.add(unique.casefold())
        file_names.append(unique)
    return file_names


def anchor(kind: str, name: str) -> str:
    """The mark of a thing within its page: `event-order_completed`."""
    return quote(f"{kind}-{name}", safe="").replace("%", "_")


def link(page: str, target: str) -> str:
    """The address of a page, or of a mark in one (`policy.html#caps`), from another page of the site."""
    file, _, mark = target.partition("#")
    if file == page and mark:
        return f"#{mark}"
    address = "../" * page.count("/") + file
    return f"{address}#{mark}" if mark else address
