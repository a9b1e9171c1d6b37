"""Plain values as YAML that no terminal and no CI log acts on. Knows no report."""

from __future__ import annotations

from typing import Any

from scenario_cli.model.plain_text import escaped, is_steering


def yaml_text(values: Any) -> str:
    """The values as YAML, in their order; a text that could steer a terminal is in double quotes, with escapes."""
    import yaml

    class Dumper(yaml.SafeDumper):
        pass

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if is_steering(value) else None)

    Dumper.add_representer(str, text)
    return escaped(str(yaml.dump(values, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120)))
