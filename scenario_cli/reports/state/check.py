"""The outcome of a check of a store, as text and as JSON; its schema is `state-check.output.schema.json`."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.model.store_facts import StoreCheck, StoreFinding
from scenario_cli.reports.json_text import json_text
from scenario_cli.reports.masking import masked_id
from scenario_cli.reports.text import Style, lines_text, plural, wrap

FORMAT_VERSION = 1


def check_text(check: StoreCheck, color: bool, width: int, show_data: bool) -> str:
    style = Style(color)
    lines = [line for finding in check.findings for line in _finding(finding, style, width, show_data)]
    if not check.findings:
        lines += wrap(f"ok: {check.file}, {plural(check.contacts, 'contact')}", width, "", "  ")
    if check.not_compared:
        text = f"not checked: whether states can continue and what is due, because {check.not_compared}"
        lines += [style(line, "dim") for line in wrap(text, width, "  ", "  ")]
    if check.findings:
        lines += ["", plural(len(check.findings), "finding")]
    return lines_text(lines)


def _finding(finding: StoreFinding, style: Style, width: int, show_data: bool) -> Iterator[str]:
    count = f" ({finding.count:,} times)" if finding.count > 1 else ""
    yield from wrap(f"{style(finding.check, 'bold')}  {finding.message}{count}", width, "", "  ")
    examples = _examples(finding, show_data)
    if examples:
        more = finding.count - len(examples)
        yield from wrap(", ".join(examples) + (f" and {more:,} more" if more > 0 else ""), width, "  ", "  ")


def _examples(finding: StoreFinding, show_data: bool) -> list[str]:
    return list(finding.examples) if show_data else [masked_id(example) for example in finding.examples]


def check_json(check: StoreCheck, show_data: bool) -> str:
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "command": "state check",
            "store": check.file,
            "contacts": check.contacts,
            "not_compared": check.not_compared or None,
            "findings": [
                {
                    "check": finding.check,
                    "message": finding.message,
                    "count": finding.count,
                    "examples": _examples(finding, show_data),
                }
                for finding in check.findings
            ],
        }
    )
