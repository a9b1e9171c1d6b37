"""`scenario rules`: the rules, or one rule's document."""

from __future__ import annotations

from typing import Annotated

import typer

from scenario_cli.cli.console import Stop, emit
from scenario_cli.cli.options import Output, one_of


def rules(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="A rule's code, such as FLOW001.")] = None,
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")] = "text",
    output: Output = None,
) -> int:
    """List the rules, or explain one."""
    from scenario_cli.language.rules import RULES
    from scenario_cli.model.diagnostic import did_you_mean

    one_of("--format", format_, ("text", "json"))
    known = {rule.code: rule for rule in RULES}
    if code is not None and code.upper() not in known:
        raise Stop(f"no rule '{code}'", did_you_mean(code.upper(), known, "rules"))
    chosen = [known[code.upper()]] if code is not None else sorted(RULES, key=lambda rule: rule.code)
    if format_ == "json":
        import json

        keys = ("code", "name", "severity", "finds", "because", "mend")
        document = {"format_version": 1, "command": "rules",
                    "rules": [{key: getattr(rule, key) for key in keys} for rule in chosen]}  # fmt: skip
        emit(json.dumps(document, indent=2, ensure_ascii=False) + "\n", output)
    elif code is not None:
        rule = chosen[0]
        emit(
            f"{rule.code} {rule.name} ({rule.severity})\n\n"
            f"finds    {rule.finds}\nbecause  {rule.because}\nmend     {rule.mend}\n",
            output,
        )
    else:
        emit("".join(f"{rule.code:8} {rule.severity:8} {rule.name}: {rule.finds}\n" for rule in chosen), output)
    return 0
