"""The page of the delivery policy: channels, quiet hours, caps, the control group, each with its messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scenario_cli.analysis.labels import length_words
from scenario_cli.analysis.policy_words import cap_scope, cap_words, everyone, quiet_scope, quiet_words, touched
from scenario_cli.model.project import Channel
from scenario_cli.reports.document.html import text_html
from scenario_cli.reports.look.table import CellContent, Column, Row, Table, Text, listed, row
from scenario_cli.reports.record_words import DROPPED
from scenario_cli.reports.site.addresses import POLICY, anchor
from scenario_cli.reports.site.content import Content
from scenario_cli.reports.site.frame import site_page
from scenario_cli.reports.site.links import Links

_HOLD = {"drop": "is dropped", "delay": "is held back"}


def policy_page(content: Content) -> str:
    links = Links(content, POLICY)
    project = content.project
    groups = dict.fromkeys(scenario.exclusive for scenario in project.scenarios.values() if scenario.exclusive)
    return site_page(
        links,
        "policy",
        "Policy",
        contents=[("Channels", "#channels"), ("Rules", "#rules"), ("Exclusive groups", "#groups"),
                  *([("Drops", "#drops")] if content.run is not None else [])],
        channels=_channels(links),
        rules=Table("Rules", (Column("rule"), Column("touches")), tuple(_rules(links))),
        groups=Table("Exclusive groups", (Column("group"), Column("scenarios")),
                     tuple(_group(group, links) for group in groups)),
        drops=_drops(links),
    )  # fmt: skip


def _channels(links: Links) -> Table:
    columns = [Column("channel"), Column("reaches"), Column("consent"), Column("limits"), Column("cost", True)]
    columns += [Column("sent", True), Column("dropped", True)] if links.content.run is not None else []
    columns.append(Column("used by"))
    rows = [_channel(channel, links) for channel in links.content.project.channels.values()]
    return Table("Channels", tuple(columns), tuple(rows), sorts=True)


def _channel(channel: Channel, links: Links) -> Row:
    content = links.content
    limits = [f"title {channel.title_max:,} characters"] if channel.title_max is not None else []
    limits += [f"text {channel.max_length:,} characters"] if channel.max_length is not None else []
    reaches = {"staff": "a person of ours", "system": "a system"}.get(channel.recipient, "the contact")
    cells: list[CellContent] = [
        Text(channel.name, code=True),
        (reaches, *([Text(channel.address.source, code=True)] if channel.address is not None else [])),
        Text(channel.consent.source, code=True) if channel.consent is not None else "none asked for",
        limits,
        f"{channel.cost:g} {content.project.currency}".rstrip() if channel.cost else "",
    ]
    if content.run is not None:
        results = content.run.summary.scenarios.values()
        sent = sum(result.sent[channel.name] for result in results)
        dropped = sum(count for result in results for (name, _), count in result.dropped.items()
                      if name == channel.name)  # fmt: skip
        cells += [sent, dropped]
    cells.append(listed(links.readers("channel", channel.name), "no scenario"))
    return row(*cells, id=anchor("channel", channel.name))


def _rules(links: Links) -> Iterator[Row]:
    project = links.content.project
    policy = project.policy
    all_marketing = listed(links.scenarios(everyone(project)))
    if policy.control_group:
        text = f"{100 * policy.control_group:.3g}% of contacts are the control group, who get no marketing"
        yield row(text, all_marketing)
    for quiet in policy.quiet_hours:
        yield row(Text(text_html(_sentence(f"{quiet_scope(quiet)} {quiet_words(quiet)}"))),
                  listed(links.scenarios(touched(quiet, project)), "no scenario"))  # fmt: skip
    for cap in policy.caps:
        yield row(Text(text_html(_sentence(f"{cap_scope(cap)} {cap_words(cap)}"))),
                  listed(links.scenarios(touched(cap, project)), "no scenario"))  # fmt: skip
    if policy.caps:
        yield row(
            f"A message over a cap {_HOLD.get(policy.on_cap, policy.on_cap)}", "unless the message sets something else"
        )
    if policy.quiet_hours:
        yield row(f"A message in quiet hours {_HOLD.get(policy.on_quiet, policy.on_quiet)}",
                  "unless the message sets something else")  # fmt: skip
        yield row(f"A message is held back for at most {length_words(policy.max_hold)}", "then it is dropped")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _group(group: str, links: Links) -> Row:
    members = sorted(
        (scenario for scenario in links.content.project.scenarios.values() if scenario.exclusive == group),
        key=lambda scenario: (-scenario.priority, scenario.name),
    )
    return row(
        Text(group, code=True),
        [links.scenario(scenario.name, f"{scenario.name}, priority {scenario.priority}") for scenario in members],
        id=anchor("group", group),
    )


def _drops(links: Links) -> Table | None:
    """Dropped messages by reason and channel, over all scenarios."""
    run = links.content.run
    if run is None:
        return None
    dropped: Counter[tuple[str, str]] = Counter()
    for result in run.summary.scenarios.values():
        dropped.update(result.dropped)
    channels = [name for name in links.content.project.channels if any(channel == name for channel, _ in dropped)]
    reasons = sorted(dict.fromkeys(reason for _, reason in dropped))
    rows = []
    for reason in reasons:
        counts = [dropped[channel, reason] for channel in channels]
        rows.append(row(DROPPED.get(reason, reason), *(count or "" for count in counts), sum(counts)))
    rows.sort(key=lambda line: -(line.cells[-1].sort or 0))
    totals = [sum(dropped[channel, reason] for reason in reasons) for channel in channels]
    total = row("all", *totals, sum(totals)) if len(rows) > 1 else None
    columns = (Column("dropped because"), *(Column(channel, True) for channel in channels), Column("all", True))
    return Table("Dropped messages", columns, tuple(rows), total, sorts=True)
