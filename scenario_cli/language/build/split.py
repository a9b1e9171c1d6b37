"""A state's `split` to the model: weights, shares by date, the rest."""

from __future__ import annotations

import re
from datetime import date

from scenario_cli.language.build.values import Builder
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.scenario import Split, Target
from scenario_cli.model.splits import Shares, Weight

_FROM = "from "
_PERCENTAGE = re.compile(r"[0-9]+(\.[0-9]+)?%")
_ROUNDING = 1.0  # percentage points
_ZERO = re.compile(r"0*\.?0*%?")


def build_split(builder: Builder, node: Node | None) -> Split | None:
    if node is None or not node.is_map:
        return None
    arms_ = {name: field for name, field in node.fields.items() if name != "unit"}
    arms = tuple((Target(node.key(name).span, state=name), _weight(builder, field)) for name, field in arms_.items())
    weights = [weight for _, weight in arms]
    if any(isinstance(weight, Shares) or weight == "rest" for weight in weights):
        _check_shares(builder, node, arms_, weights)
    elif arms and not any(weights) and all(_ZERO.fullmatch(field.text) for field in arms_.values()):
        builder.report("FLOW006", "every weight of this split is 0", node, "write the weight of each branch")
    elif arms and all(_PERCENTAGE.fullmatch(field.text) for field in arms_.values()):
        _check_sum(builder, node, [weight for weight in weights if isinstance(weight, float)])
    return Split(arms, builder.text(node.get("unit")) == "journey")


def _check_sum(builder: Builder, node: Node, percentages: list[float]) -> None:
    """A warning where percentages leave something out, or are more than all; thirds can miss 100% by a little."""
    total = sum(percentages)
    if total and abs(total - 100) > _ROUNDING:
        shares = ", ".join(f"{100 * share / total:.3g}%" for share in percentages)
        message = f"the percentages of this split add up to {total:g}%, so they are taken as {shares}"
        hint = "write percentages that add up to 100%, or weights without '%'"
        builder.findings.append(Diagnostic("FLOW028", message, node.span, "warning", hint))


def _weight(builder: Builder, node: Node) -> Weight:
    if node.is_map:
        steps = ((_day(builder, node, text), _number(share)) for text, share in node.fields.items())
        return Shares(tuple(sorted((day, share) for day, share in steps if day is not None)))
    return "rest" if node.text == "rest" else _number(node)


def _number(node: Node) -> float:
    """A number, or a percentage."""
    text = node.text.removesuffix("%")
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0


def _day(builder: Builder, node: Node, text: str) -> date | None:
    """The day of `from 2025-03-01`."""
    try:
        return date.fromisoformat(text.removeprefix(_FROM).strip())
    except ValueError:
        builder.report("TIME020", f"'{text}' has no valid date", node.key(text), "write 'from' and "
                       "year-month-day: 'from 2025-03-01'")  # fmt: skip
        return None


def _check_shares(builder: Builder, node: Node, fields: dict[str, Node], weights: list[Weight]) -> None:
    """Whether the shares of a split with dates or `rest` are percentages that leave a remainder for a single `rest`."""
    rests = [name for name, weight in zip(fields, weights, strict=True) if weight == "rest"]
    if len(rests) > 1:
        builder.report(_CODE, (
            f"both '{rests[0]}' and "
            f"'{rests[1]}' are the rest"
        ), fields[rests[1]], "write the share of all others in percent")  # fmt: skip
    elif not rests:
        builder.report(_CODE, "a split whose shares change by date needs a 'rest'", node, (
            "write 'rest' as the weight of "
            "one branch: 'old: rest'"
        ))  # fmt: skip
    for name, field in fields.items():
        if not field.is_map and field.text != "rest" and not field.text.endswith("%"):
            builder.report(_CODE, f"the weight of '{name}' is not a percentage", field, (
                "with 'rest', or with shares that change by "
                "date, every weight is a percentage: 5%"
            ))  # fmt: skip
            return
    if any(isinstance(weight, Shares) and not weight.steps for weight in weights):
        return  # texts that are not days have been reported
    days = sorted({since for weight in weights if isinstance(weight, Shares) for since, _ in weight.steps})
    sums = {day: sum(_share(weight, day) for weight in weights) for day in (None, *days)}
    over = next((day for day, total in sums.items() if total > _MOST), None)
    if any(total > _MOST for total in sums.values()):
        since = f" from {over} on" if over is not None else ""
        builder.report(
            _CODE, f"the shares add up to {sums[over]:g}%{since}", node, "leave some of the 100% for the rest"
        )
    elif len(rests) == 1 and all(total >= 100 for total in sums.values()):
        builder.report(_CODE, f"nothing is left for '{rests[0]}'", fields[rests[0]], "write smaller shares, or leave "
                       "it out")  # fmt: skip
    elif len(rests) == 1 and len(fields) > 1 and not any(sums.values()):
        builder.report(_CODE, f"every share but the rest of '{rests[0]}' is 0", node, "give another branch a share")


def _share(weight: Weight, day: date | None) -> float:
    if isinstance(weight, Shares):
        return weight.on(day)
    return weight if isinstance(weight, float) else 0.0


_CODE = "FLOW023"
_MOST = 100 + 1e-9  # decimal shares that add up to 100 can miss it by a rounding
