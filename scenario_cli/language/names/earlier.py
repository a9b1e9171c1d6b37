"""The earlier names that scenarios declare: each must be free, and belong to one scenario."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic
from scenario_cli.model.source import Span


def check_earlier_names(scenarios: Iterable[tuple[str, Node]], names: Set[str]) -> Iterator[Diagnostic]:
    """The faults of `was` in scenario files; `names` are those of all scenarios that the project has."""
    nodes = [node for _, node in scenarios]
    places = {name.text: name.span for node in nodes if (name := node.get("scenario")) is not None}
    heirs: dict[str, tuple[str, Span]] = {}
    for node in nodes:
        name, was = node.get("scenario"), node.get("was")
        if name is None or was is None or not was.text:
            continue
        if was.text == name.text:
            yield Diagnostic("REF023", f"'was' is '{was.text}', which is the current name of the scenario", was.span,
                             hint="write the earlier name, or remove 'was'")  # fmt: skip
        elif was.text in names:
            related = ((f"'{was.text}' is here", places[was.text]),) if was.text in places else ()
            yield Diagnostic("REF023", f"'was' is '{was.text}', but a scenario with that name still exists", was.span,
                             hint=f"remove 'was', or the scenario '{was.text}'", related=related)  # fmt: skip
        elif was.text in heirs:
            other, place = heirs[was.text]
            yield Diagnostic("REF023", f"'was' is '{was.text}' here and in '{other}'", was.span,
                             hint=f"keep it in the scenario that '{was.text}' was renamed to",
                             related=((f"'was' of '{other}'", place),))  # fmt: skip
        else:
            heirs[was.text] = name.text, was.span
