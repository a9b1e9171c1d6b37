"""The example of a rule's document as Markdown."""

from __future__ import annotations

from collections.abc import Mapping


def example_markdown(example: str | Mapping[str, str]) -> str:
    """The files of an example, each under its name if there are several; nothing for an empty example."""
    if not example:
        return ""
    files = {"example.yaml": example} if isinstance(example, str) else example
    text = ""
    for name, content in files.items():
        kind = "yaml" if name.endswith(".yaml") else "jinja"
        heading = f"`{name}`:\n\n" if len(files) > 1 else ""
        text += f"{heading}```{kind}\n{content}```\n\n"
    return text
