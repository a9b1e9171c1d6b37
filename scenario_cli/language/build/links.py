"""The key `links` of project.yaml to the model. Resolves no channels."""

from __future__ import annotations

from urllib.parse import urlsplit

from scenario_cli.language.build.values import Builder, entries
from scenario_cli.language.edit.fixes import renamed
from scenario_cli.language.names.unknown import misnamed
from scenario_cli.language.yaml_node import Node
from scenario_cli.model.diagnostic import Diagnostic, did_you_mean
from scenario_cli.model.links import FACTS, UTM, LinkParameter, LinkSettings
from scenario_cli.model.source import Name, Span

SETTINGS = ("hosts", "channels")  # in addition to the parameters


def build_links(node: Node | None, builder: Builder) -> LinkSettings | None:
    """The settings; None if there are none."""
    if node is None or not node.is_map:
        return None
    pairs = [(name, span, value) for name, span, value in entries(node) if name not in SETTINGS]
    parameters = tuple(_parameter(name, span, value, builder) for name, span, value in pairs)
    hosts, channels = node.get("hosts"), node.get("channels")
    if node.fields and not parameters:
        builder.report("SCH002", "'links' names no parameter", node, "for example: utm_source: newsletter")
    return LinkSettings(
        parameters,
        tuple(_host(host, builder) for host in (hosts.items if hosts is not None and hosts.is_list else ())),
        builder.written_names(channels),
    )


def _parameter(name: str, span: Span, node: Node, builder: Builder) -> LinkParameter:
    if name.startswith("utm_") and name not in UTM:
        hint = did_you_mean(name, UTM, "known")
        builder.findings.append(Diagnostic("SCH001", f"unknown parameter '{name}' in 'links'", span, hint=hint,
                                        fix=renamed(name, span, set(UTM))))  # fmt: skip
    text = node.text.strip() if not node.is_map and not node.is_list else ""
    if not isinstance(node.value, str) or not text.startswith("="):
        return LinkParameter(name, text, span)
    start = node.text.index("=") + 1
    written = node.text[start:]
    fact = written.strip()
    place = node.at(start + len(written) - len(written.lstrip()), max(len(fact), 1))
    if fact not in FACTS:
        message = f"'{name}' cannot be '={fact}'" if fact else f"'{name}' names nothing after '='"
        builder.findings.append(
            misnamed("REF004", message, Name(fact, place), FACTS, "the facts about its message that a link can contain")
        )
    return LinkParameter(name, "", span, fact)


def _host(node: Node, builder: Builder) -> str:
    """A host in lower case, however it was written."""
    text = node.text.strip().lower()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        host = ""
    if host and host != text:
        builder.report("SCH005", f"a host has no scheme and no path, unlike '{node.text}'", node, f"write {host}")
    return host
