"""Tables of a replay: scenarios with totals, the funnel in the order of the flow, messages with their drops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from scenario_cli.analysis.flow import Step
from scenario_cli.model.results import DryRun, ScenarioResult
from scenario_cli.reports.dry_run.facts import money, most_first
from scenario_cli.reports.look.table import Cell, CellContent, Column, Row, Table, Text, row
from scenario_cli.reports.record_words import DROPPED
from scenario_cli.reports.text import percent

# Returns the link for a name on a page.
Linking = Callable[[str], Text]


def scenarios_table(run: DryRun, linked: Linking) -> Table:
    """A row a scenario, all together last."""
    results = list(run.summary.scenarios.values())
    has_value = any(result.value is not None for result in results)
    names = ("entered", "sent", "dropped", "converted", "rate", *(["value"] if has_value else []), "running")
    columns = (Column("scenario"), *(Column(name, True) for name in names))
    rows = [row(linked(result.name), *_figures(result, run, has_value)) for result in results]
    total = row("all", *_figures(together(results), run, has_value)) if len(rows) > 1 else None
    return Table("Scenarios", columns, tuple(rows), total, sorts=True)


def together(results: Sequence[ScenarioResult]) -> ScenarioResult:
    """The figures of several scenarios as if they were one, as far as they can be added."""
    worth = [result.value for result in results if result.value is not None]
    return ScenarioResult(
        "all",
        entered=sum(result.entered for result in results),
        running=sum(result.running for result in results),
        converted=sum(result.converted for result in results),
        value=sum(worth[1:], worth[0]) if worth else None,
        sent=sum((result.sent for result in results), Counter()),
        dropped=sum((result.dropped for result in results), Counter()),
    )


def _figures(result: ScenarioResult, run: DryRun, has_value: bool) -> list[CellContent]:
    value = Cell((Text(money(result, run)),), sort=float(result.value) if result.value is not None else -1)
    return [
        result.entered, result.sent.total(), result.dropped.total(), result.converted,
        rate(result.converted, result.entered), *([value] if has_value else []), result.running,
    ]  # fmt: skip


def rate(part: int, whole: int) -> Cell:
    """A share in words, sorted by its size."""
    return Cell((Text(percent(part, whole)),), sort=part / whole if whole else -1)


def funnel_table(steps: Sequence[Step], result: ScenarioResult, linked: Linking) -> Table:
    """The states in the order of the flow; branches are distinguished by the state that they leave."""
    columns = (Column("state"), Column("reached", True), Column("of all", True), Column(""), Column("waiting", True))
    return Table("States in the order of the flow", columns, tuple(_step(step, result, linked) for step in steps))


def _step(step: Step, result: ScenarioResult, linked: Linking) -> Row:
    funnel = result.funnel[step.state]
    share = round(100 * funnel.reached / result.entered, 1) if result.entered else 0
    return row(
        linked(step.state),
        funnel.reached,
        rate(funnel.reached, result.entered),
        Cell(share=min(share, 100)),
        funnel.waiting or "",
        side=not step.is_main,
        why=entrance(step),
    )


def entrance(step: Step) -> str:
    """`from worth_an_offer: if cart.total >= 80`."""
    source = f"from {step.source}" if step.source else "from any state" if step.exit else ""
    return f"{source}: {step.exit}" if source and step.exit else source


MessageLinking = Callable[[tuple[str, str, str]], Text]


def messages_table(
    result: ScenarioResult, steps: Sequence[Step], costs: Mapping[str, float], currency: str, linked: MessageLinking
) -> Table:
    """A row per message, in the order of the flow: how many were sent and how many were dropped, for which reasons."""
    order = {step.state: place for place, step in enumerate(steps)}
    keys = sorted(
        {*result.messages, *(key[:3] for key in result.dropped_messages)},
        key=lambda key: (order.get(key[0], len(order)), key),
    )
    has_cost = any(costs.get(channel) for _, channel, _ in keys)
    names = ["asked for", "sent", "dropped", *([f"cost {currency}".rstrip()] if has_cost else [])]
    columns = (
        Column("state"), Column("channel"), Column("template"), *(Column(name, True) for name in names),
        Column("dropped because"),
    )  # fmt: skip
    rows = [_message(key, result, costs, has_cost, linked) for key in keys]
    total = None
    if len(rows) > 1:
        sent, dropped = result.sent.total(), result.dropped.total()
        cost = sum(costs.get(channel, 0.0) * count for channel, count in sorted(result.sent.items()))
        total = row("all", "", "", sent + dropped, sent, dropped, *([_cost(cost)] if has_cost else []), "")
    return Table("Messages", columns, tuple(rows), total, sorts=True)


def _message(
    key: tuple[str, str, str], result: ScenarioResult, costs: Mapping[str, float], has_cost: bool,
    linked: MessageLinking,
) -> Row:  # fmt: skip
    _, channel, template = key
    sent, drops = result.messages[key], drops_of(result, key)
    cost = [_cost(costs.get(channel, 0.0) * sent)] if has_cost else []
    return row(linked(key), channel, template, sent + drops.total(), sent, drops.total(), *cost, reasons(drops))


def _cost(cost: float) -> Cell:
    return Cell((Text(f"{cost:,.2f}"),) if cost else (), sort=cost)


def drops_of(result: ScenarioResult, key: tuple[str, str, str]) -> Counter[str]:
    """Why messages of one kind were dropped, and how often."""
    return Counter({reason: count for (*message, reason), count in result.dropped_messages.items()
                    if tuple(message) == key})  # fmt: skip


def reasons(drops: Counter[str]) -> str:
    """`no consent 12, over a cap 3`, the most frequent first."""
    return ", ".join(f"{DROPPED.get(reason, reason)} {count:,}" for reason, count in most_first(drops))
