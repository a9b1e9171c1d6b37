"""Forms of the language mistaken for one another: one finding in place of the several faults it makes."""

from __future__ import annotations

from collections.abc import Iterator

from scenario_cli.language.schema.fault import Fault
from scenario_cli.language.schema.files import schema_of
from scenario_cli.language.schema.hints import flow
from scenario_cli.language.schema.if_then import if_then
from scenario_cli.language.schema.positions import Path, Positions
from scenario_cli.language.yaml_node import plain
from scenario_cli.model.diagnostic import Diagnostic


def slips_of(fault: Fault, positions: Positions) -> Iterator[tuple[Path, Diagnostic]]:
    """The slip that a fault comes from, with the path at and below which it explains every fault."""
    if positions.kind != "scenario" or not fault.path:
        return
    yield from if_then(fault, positions)
    if len(fault.path) < 2:
        return
    title, value, key = fault.schema.get("title"), fault.value, fault.path[-1]
    if title == "wait" and isinstance(value, dict) and len(value) == 1 and not value.keys() & _wait_keys():
        (wait,) = value
        yield (
            fault.path,
            Diagnostic(
                "SCH008",
                f"{positions.subject(fault.path)} is in the short form, which takes no '- '",
                positions.head_span(fault.path),
                hint=f"remove the '- ' before it, or write '- {flow({'wait': wait, 'to': value[wait]})}'",
            ),
        )
    elif title == "target" and isinstance(value, dict) and "to" in value:
        after = fault.path[-2] == "after"
        long_form = flow({"wait": key, **value}) if after else ""
        yield (
            fault.path,
            Diagnostic(
                "SCH008",
                f"{positions.subject(fault.path)} must be a state's name or {{end: outcome}}, not a mapping with 'to'",
                positions.head_span(fault.path),
                hint=f"the long form of a wait is an entry of a list: '- {long_form}'"
                if after
                else f"write '{flow(value['to'])}' alone",
            ),
        )
    elif fault.path[-2] == "after" and key in _wait_keys():
        path = fault.path[:-1]
        waits = plain(positions.node(path))
        if "to" in waits and waits.keys() <= _wait_keys():
            yield (
                path,
                Diagnostic(
                    "SCH008",
                    f"{positions.subject(path)} has the long form of a wait without its '- '",
                    positions.head_span(path),
                    hint=f"the long form is an entry of a list: '- {flow(waits)}'",
                ),
            )


def _wait_keys() -> set[str]:
    return set(schema_of("scenario")["definitions"]["wait"]["properties"])
