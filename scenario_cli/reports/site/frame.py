"""The frame of every page of a site: the way back, the parts of the site, the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenario_cli.reports.html_page import html_page
from scenario_cli.reports.look.table import Text
from scenario_cli.reports.site.addresses import METRICS, OVERVIEW, POLICY, RESULTS, TRACKING_PLAN
from scenario_cli.reports.site.links import Links


def site_page(links: Links, template: str, title: str, trail: Sequence[Text] = (), /, **values: Any) -> str:
    """A page by the name of its template. `trail` are the pages above it."""
    parts = [("Overview", OVERVIEW), ("Tracking plan", TRACKING_PLAN), ("Metrics", METRICS), ("Policy", POLICY)]
    if links.content.results is not None:
        parts.append(("Results", RESULTS))
    page = {
        "title": title,
        "brand": links.content.title,
        "root": "../" * links.page.count("/"),
        "nav": [(name, links.to(file), file == links.page) for name, file in parts],
        "trail": trail,
    }
    return html_page("scenario_cli.reports.site", template, page=page, **values)
