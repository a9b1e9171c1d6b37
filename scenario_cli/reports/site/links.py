"""Links from one page of a site to the content of others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scenario_cli.analysis.readers import Readers
from scenario_cli.model.changes import Area
from scenario_cli.reports.look.table import Text
from scenario_cli.reports.site.addresses import METRICS, POLICY, TRACKING_PLAN, anchor, link
from scenario_cli.reports.site.content import Content, MessageKey

_PAGES = {
    "event": TRACKING_PLAN, "group": TRACKING_PLAN, "attribute": TRACKING_PLAN, "table": TRACKING_PLAN,
    "constant": METRICS, "metric": METRICS, "segment": METRICS, "channel": POLICY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Links:
    """`page` is the page that contains the links."""

    content: Content
    page: str

    def to(self, target: str) -> str:
        return link(self.page, target)

    def scenario(self, name: str, text: str = "", mark: str = "") -> Text:
        file = self.content.scenario_files.get(name)
        if file is None:
            return Text(text or name)
        return Text(text or name, self.to(f"{file}#{mark}" if mark else file))

    def message(self, scenario: str, key: MessageKey, text: str) -> Text:
        file = self.content.message_files.get((scenario, key))
        return Text(text, self.to(file) if file is not None else "")

    def address(self, kind: str, name: str) -> str:
        return f"{_PAGES[kind]}#{anchor(kind, name)}"

    def link(self, kind: str, name: str, text: str = "") -> Text:
        """A link to an event, an attribute, a metric and others; events of the tool's own are on no page."""
        project = self.content.project
        names = {
            "event": project.plan.events, "group": project.plan.groups, "attribute": project.plan.profile,
            "table": project.tables, "constant": project.constants, "metric": project.metrics,
            "segment": project.segments, "channel": project.channels,
        }[kind]  # fmt: skip
        return Text(text or name, self.to(self.address(kind, name)) if name in names else "", code=not text)

    def readers(self, kind: Area, name: str) -> tuple[Text, ...]:
        """Scenarios that read a thing themselves, then metrics and segments."""
        part_readers = self.content.readers.get((kind, name), Readers())
        definitions = (use.partition(" ")[::2] for use in part_readers.definitions)
        return (
            *self.scenarios(part_readers.direct),
            *(self.link(owner, read_by, f"{owner} {read_by}") for owner, read_by in definitions),
        )

    def through(self, kind: Area, name: str) -> tuple[Text, ...]:
        """Scenarios that read a thing through a metric or a segment alone."""
        part_readers = self.content.readers.get((kind, name), Readers())
        return self.scenarios(reader for reader in part_readers.scenarios if reader not in part_readers.direct)

    def scenarios(self, names: Iterable[str]) -> tuple[Text, ...]:
        return tuple(self.scenario(name) for name in names)
