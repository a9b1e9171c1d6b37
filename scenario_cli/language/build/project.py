"""project.yaml to the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from scenario_cli.language.build.insights import build_insights
from scenario_cli.language.build.key_dates import build_key_dates
from scenario_cli.language.build.links import build_links
from scenario_cli.language.build.message_events import build_message_events
from scenario_cli.language.build.tables import read_table
from scenario_cli.language.build.values import Builder, entries, ever_matches
from scenario_cli.language.files import Files, entries_beside, is_file
from scenario_cli.language.locales import HOW_TO_WRITE_A_LOCALE, known_locale
from scenario_cli.language.names.unknown import misnamed
from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.language.zones import known_zone, zone_hint
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.inside import HOW_TO_ALLOW
from scenario_cli.model.insights import InsightSettings
from scenario_cli.model.key_dates import KeyDate
from scenario_cli.model.links import LinkSettings
from scenario_cli.model.message_events import MessageEvents
from scenario_cli.model.project import (
    DEFAULT_CLOCK,
    UNSUBSCRIBE,
    Channel,
    Constant,
    Conventions,
    Exports,
    Measure,
    Programme,
    RunSettings,
    Table,
)
from scenario_cli.model.review import Limit, LimitError, read_limit
from scenario_cli.model.scenario import DEFAULT_WINDOW
from scenario_cli.model.source import Span
from scenario_cli.model.value_class import dataclass
from scenario_cli.model.vocabulary import MOST_KEYS
from scenario_cli.model.wait_grammar import WaitError, parse_cron
from scenario_cli.model.waits import DAY, Wait


@dataclass(frozen=True, slots=True)
class Settings:
    """The content of project.yaml."""

    name: str
    timezone: str
    title: str = ""
    locale: str = "en"
    salt: str = ""
    currency: str = ""
    channels: Mapping[str, Channel] = field(default_factory=dict)
    programs: Mapping[str, Programme] = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    phase_spans: tuple[Span, ...] = ()
    conventions: Conventions = field(default_factory=Conventions)
    key_dates: Mapping[str, KeyDate] = field(default_factory=dict)
    review_after: int | None = None
    committee: Wait | None = None
    limits: tuple[Limit, ...] = ()
    exports: Exports = field(default_factory=Exports)
    run: RunSettings = field(default_factory=RunSettings)
    insights: InsightSettings | None = None
    links: LinkSettings | None = None
    messages: MessageEvents | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    constants: Mapping[str, Constant] = field(default_factory=dict)
    clock: str = DEFAULT_CLOCK


class ProjectBuilder(Builder):
    def __init__(self, files: Files) -> None:
        super().__init__()
        self.files = files

    def settings(self, root: Node) -> Settings:
        phases, reviewed = root.get("phases"), self.duration(root.get("review_after"), elapsed=True)
        timezone = root.get("timezone")
        zone = self.text(timezone, "UTC")
        if timezone is not None and not known_zone(zone):
            self.report("TIME002", f"'{zone}' is not a time zone", timezone, zone_hint(zone))
            zone = "UTC"
        locale = root.get("locale")
        if locale is not None and locale.text and not known_locale(locale.text):
            self.findings.append(Diagnostic("MSG022", f"unknown locale '{locale.text}'", locale.span, "warning",
                                         HOW_TO_WRITE_A_LOCALE))  # fmt: skip
        return Settings(
            name=self.text(root.get("project"), "project"),
            timezone=zone,
            title=self.text(root.get("title")),
            locale=self.text(root.get("locale"), "en"),
            salt=self.text(root.get("salt")),
            currency=self.text(root.get("currency")),
            channels={name: self.channel(name, span, node) for name, span, node in entries(root.get("channels"))},
            programs={name: self.program(name, span, node) for name, span, node in entries(root.get("programs"))},
            phases=self.names(root.get("phases")),
            phase_spans=tuple(phase.span for phase in phases.items) if phases is not None else (),
            conventions=self.conventions(root.get("conventions")),
            review_after=reviewed.elapsed // DAY if reviewed is not None else None,
            key_dates=build_key_dates(root.get("key_dates"), self),
            committee=self.committee(root.get("review")),
            limits=tuple(self.limits(root)),
            exports=self.exports(root.get("exports")),
            run=self.run(root.get("run")),
            insights=build_insights(root.get("insights"), self),
            links=build_links(root.get("links"), self),
            messages=build_message_events(root.get("messages"), self),
            tables={name: self.table(name, span, node) for name, span, node in entries(root.get("tables"))},
            constants=self.constants(root.get("constants")),
            clock=self.clock(root.get("clock")),
        )

    def constants(self, node: Node | None) -> dict[str, Constant]:
        built: dict[str, Constant] = {}
        for name, span, value in entries(node):
            if isinstance(value.value, str) and value.value.startswith("="):
                hint = "write a fixed value; calculate values under 'define' in a scenario, or in a metric"
                self.report("EXP001", f"the constant '{name}' must be a fixed value, not an expression", value, hint)
            built[name] = Constant(name, span, plain(value))
        return built

    def table(self, name: str, span: Span, node: Node) -> Table:
        file, keys = node.get("file"), self.names(node.get("key")) or ("",)
        if len(keys) > MOST_KEYS or len(set(keys)) < len(keys):
            self.report("REF020", f"the key of table '{name}' is {', '.join(keys)}", node.fields["key"],
                        f"use up to {MOST_KEYS} columns, each once")  # fmt: skip
        valid_from, owner = self.text(node.get("valid_from")), self.text(node.get("owner"))
        path = self.text(file)
        table = Table(name, span, str(self.files.root / path), keys[0], valid_from, owner=owner, path=path,
                      more_keys=keys[1:])  # fmt: skip
        if file is not None and self.files.is_off_limits(path):
            self.report("REF019", (
                f"table '{name}' cannot be read from '{path}': it "
                "is outside the project's folder, or hidden"
            ), file, f"put the file into the folder; {HOW_TO_ALLOW}")  # fmt: skip
            return table
        if file is None or not is_file(self.files, path):
            if file is not None:
                location = self.files.root / path
                hint = did_you_mean(location.name, entries_beside(self.files, path), f"in '{location.parent.name}'")
                self.report("REF019", f"no file '{file.text}' for table '{name}'", file, hint)
            return table
        columns, faults = read_table(self.files, path)
        self.findings.extend(faults)
        key = node.get("key")
        for column in (*(key.items if key is not None and key.is_list else (key,)), node.get("valid_from")):
            if columns is not None and column is not None and column.text and column.text not in columns:
                message = f"table '{name}' has no column '{column.text}'"
                self.findings.append(misnamed("REF020", message, column, columns, "columns"))
        return replace(table, columns=columns)

    def limits(self, root: Node) -> Iterator[Limit]:
        """The limits of `review`, each checked separately."""
        review = root.get("review")
        listed = review.get("fail_on") if review is not None else None
        channels = [name for name, _, _ in entries(root.get("channels"))]
        for node in listed.items if listed is not None else ():
            if isinstance(node.value, str):
                try:
                    yield read_limit(node.value, channels)
                except LimitError as error:
                    self.report("REF022", str(error), node, error.hint)

    def committee(self, review: Node | None) -> Wait | None:
        """The times at which scenarios are reviewed together."""
        node = review.get("committee") if review is not None and review.is_map else None
        wait = self.wait(node) if node is not None else None
        if node is not None and wait is not None and (wait.duration is not None or wait.date is not None):
            self.report("TIME001", f"'{wait.text}' is not a schedule", node,
                        "write 'at 10:00 on first tue', or 'cron 0 10 1-7 1,4,7,10 tue' for one a quarter")  # fmt: skip
            return None
        return wait

    def clock(self, node: Node | None) -> str:
        """Five fields of cron."""
        if node is None or not isinstance(node.value, str):
            return DEFAULT_CLOCK
        try:
            fields = parse_cron(node.value)
        except WaitError as error:
            self.report("TIME001", str(error), node, error.hint)
            return DEFAULT_CLOCK
        if not ever_matches(fields):
            self.report("TIME001", f"'{fields}' never comes", node)
            return DEFAULT_CLOCK
        return fields

    def channel(self, name: str, span: Span, node: Node) -> Channel:
        length, title, cost = node.get("max_length"), node.get("title_max"), node.get("cost")
        return Channel(
            name,
            span,
            address=self.expression(node.get("address")),
            consent=self.expression(node.get("consent")),
            max_length=length.value if length is not None and isinstance(length.value, int) else None,
            title_max=title.value if title is not None and isinstance(title.value, int) else None,
            cost=float(cost.value) if cost is not None and isinstance(cost.value, int | float) else 0.0,
            recipient=self.text(node.get("recipient"), "contact"),
        )

    def program(self, name: str, span: Span, node: Node) -> Programme:
        kpi = node.get("kpi")
        words, measure = (kpi.get("title"), kpi.get("measure")) if kpi is not None and kpi.is_map else (kpi, None)
        title, objective = (self.text(node.get(key)) for key in ("title", "objective"))
        return Programme(name, span, title, objective, self.text(words), self.measure(measure))

    def measure(self, node: Node | None) -> Measure | None:
        of, then = (self.name(node.get(key)) if node is not None else None for key in ("of", "then"))
        if node is None or of is None or then is None:
            return None
        return Measure(
            of,
            then,
            node.span,
            self.duration(node.get("within"), elapsed=True) or DEFAULT_WINDOW,
            self.expression(node.get("where")),
        )

    def conventions(self, node: Node | None) -> Conventions:
        if node is None or not node.is_map:
            return Conventions()
        names: dict[str, str] = {}
        for kind in ("scenario", "state", "event"):
            pattern = node.get(kind)
            if pattern is not None and pattern.text:
                try:
                    re.compile(pattern.text)
                    names[kind] = pattern.text
                except re.error as error:
                    self.report("SCH005", f"'{kind}' must be a valid regular expression: {error}", pattern,
                                "for names of lower-case words: ^[a-z][a-z0-9_]*$")  # fmt: skip
        default = Conventions()
        return Conventions(
            max_states=self.whole_number(node.get("max_states"), default.max_states),
            max_conditions=self.whole_number(node.get("max_conditions"), default.max_conditions),
            names=names,
            unsubscribe=tuple(text.lower() for text in self.names(node.get("unsubscribe"))) or UNSUBSCRIBE,
        )

    def whole_number(self, node: Node | None, default: int) -> int:
        return node.value if node is not None and isinstance(node.value, int) else default

    def exports(self, node: Node | None) -> Exports:
        if node is None or not node.is_map:
            return Exports()
        inputs = [name for key in ("events", "contacts", "query") for name in self.written_names(node.get(key))]
        return Exports(
            events=self.names(node.get("events")),
            contacts=self.names(node.get("contacts")),
            mapping=self.mapping(node.get("map")),
            contacts_mapping=self.mapping(node.get("contacts_map")),
            source=self.text(node.get("source")) or None,
            identity=self.text(node.get("identity"), "forward"),
            dedupe=self.flag(node.get("dedupe")),
            timezone=self.text(node.get("timezone")) or None,
            date_formats=self.of_all_or_each(node.get("date_format")),
            decimals=self.of_all_or_each(node.get("decimal")),
            group=self.text(node.get("group")) or None,
            keep_ids=self.flag(node.get("keep_ids")),
            query=self.text(node.get("query")) or None,
            sources=tuple(map(self.exports, listed.items)) if (listed := node.get("sources")) is not None else (),
            spans={name.text: name.span for name in inputs},
        )

    def run(self, node: Node | None) -> RunSettings:
        if node is None or not node.is_map:
            return RunSettings()
        lateness, stale = (self.duration(node.get(key), elapsed=True) for key in ("lateness", "stale"))
        default = RunSettings()
        return RunSettings(
            state=self.text(node.get("state")) or None,
            lateness=lateness.elapsed if lateness is not None else default.lateness,
            stale=stale.elapsed if stale is not None else default.stale,
        )

    def of_all_or_each(self, node: Node | None) -> dict[str, str]:
        """One text for every field (under the empty name), or one for each."""
        return self.mapping(node) if node is None or node.is_map else {"": node.text}

    def mapping(self, node: Node | None) -> dict[str, str]:
        return {key: value.text for key, value in node.fields.items()} if node is not None else {}
