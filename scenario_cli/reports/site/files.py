"""Every file of a site, by its path within the site's folder. Writes none."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.analysis.writing_needs import writing_needs
from scenario_cli.model.scenario import Scenario
from scenario_cli.reports.html_page import look
from scenario_cli.reports.look.table import Text
from scenario_cli.reports.site.addresses import METRICS, OVERVIEW, POLICY, RESULTS, TRACKING_PLAN
from scenario_cli.reports.site.content import Content, MessageKey
from scenario_cli.reports.site.links import Links
from scenario_cli.reports.site.message import key_of, message_page
from scenario_cli.reports.site.metrics import metrics_page
from scenario_cli.reports.site.overview import overview_page
from scenario_cli.reports.site.policy import policy_page
from scenario_cli.reports.site.results import results_page
from scenario_cli.reports.site.scenario import scenario_page
from scenario_cli.reports.site.search import search_index
from scenario_cli.reports.site.tracking_plan import tracking_plan_page


def site_files(content: Content) -> Iterator[tuple[str, str]]:
    yield "assets/style.css", look("style.css")
    for name in ("sort.js", "search.js", "drawing.js"):
        yield f"assets/{name}", look(name)
    yield "assets/index.js", search_index(content)
    yield OVERVIEW, overview_page(content)
    yield TRACKING_PLAN, tracking_plan_page(content)
    yield METRICS, metrics_page(content)
    yield POLICY, policy_page(content)
    if content.results is not None:
        yield RESULTS, results_page(content, content.results)
    for scenario in content.project.scenarios.values():
        yield content.scenario_files[scenario.name], scenario_page(content, scenario)
        yield from _messages(content, scenario)


def _messages(content: Content, scenario: Scenario) -> Iterator[tuple[str, str]]:
    needs = {key_of(need): need for need in writing_needs(scenario, content.project, content.variables).messages}
    keys = list(needs)
    for place, (key, need) in enumerate(needs.items()):
        file = content.message_files[scenario.name, key]
        links = Links(content, file)
        before = [_neighbour_link(scenario, keys[place - 1], "‹ ", links)] if place else []
        after = [_neighbour_link(scenario, keys[place + 1], "› ", links)] if place + 1 < len(keys) else []
        back = links.scenario(scenario.name, f"Back to {scenario.title or scenario.name}", "messages")
        yield file, message_page(content, scenario, need, (*before, back, *after))


def _neighbour_link(scenario: Scenario, key: MessageKey, mark: str, links: Links) -> Text:
    return links.message(scenario.name, key, f"{mark}{key[0] or 'any state'}: {key[1]}")
