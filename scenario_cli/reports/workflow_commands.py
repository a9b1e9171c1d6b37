"""GitHub's workflow commands, which become annotations of a pull request. Knows neither findings nor tests.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations


def command(level: str, text: str, **properties: object) -> str:
    """One command on a line of its own; `level` is `error`, `warning` or `notice`."""
    fields = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {fields}::{_data(text)}\n"


def _data(text: str) -> str:
    """A message that stays one line and one command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
