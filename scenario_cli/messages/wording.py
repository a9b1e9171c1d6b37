"""Decides from the words of two template versions whether every message reads otherwise. Renders nothing.

Most changes of a text change words that all contacts receive. Then no message needs to be rendered twice to find the
difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from jinja2 import nodes

from scenario_cli.model.project import Template

# Nodes that always print their content. A block does so if its layout prints it.
_ALWAYS = (nodes.Template, nodes.Output, nodes.Block)

# One version of a template, and the texts that it can extend or include by their path.
Version = tuple[Template, Mapping[str, str]]


class _CannotTellError(Exception):
    """The values decide whether a difference shows."""


def reads_otherwise(environment: jinja2.Environment, old: Version, new: Version) -> bool | None:
    """Whether every message of the new version reads otherwise for the same values, or (False) none; None if that
    depends on the values. The layouts and all included files must be the same in both.
    """
    before, after = old[0], new[0]
    if before.fields.keys() != after.fields.keys():
        return None
    texts = [(old_text.text, new_text.text) for old_text, new_text in zip(before.sets, after.sets, strict=False)]
    texts += [(before.fields[name].text, after.fields[name].text) for name in after.fields]
    changed = [*texts, (old[1].get(before.path, ""), new[1].get(after.path, ""))]
    if len(before.sets) != len(after.sets):
        return None
    try:
        results = [
            _differs(environment, old_text, new_text, new[1]) for old_text, new_text in changed if old_text != new_text
        ]
    except (_CannotTellError, jinja2.TemplateSyntaxError, RecursionError):
        return None
    return any(results)


def _differs(environment: jinja2.Environment, old_text: str, new_text: str, texts: Mapping[str, str]) -> bool:
    old, new = environment.parse(old_text), environment.parse(new_text)
    words: list[tuple[str, str]] = []
    layout = _layout(environment, new, texts)
    if layout is not None:
        if _layout(environment, old, texts) != layout:
            raise _CannotTellError
        # A text that extends a layout prints nothing but its blocks; the rest of it must be the same.
        old.body, new.body = _printed(old.body), _printed(new.body)
        shown = _shown_blocks(layout, {block.name for block in new.find_all(nodes.Block)})
    _collect(old, new, True, words)
    if not words:
        return False
    if layout is not None and not {block.name for block in new.body if isinstance(block, nodes.Block)} <= shown:
        raise _CannotTellError
    # Words that come and go in several places could make up for each other, unless they have other lengths.
    before, after = (["".join(side.split()) for side in sides] for sides in zip(*words, strict=True))
    if len("".join(before)) == len("".join(after)) and (len(words) > 1 or before == after):
        raise _CannotTellError
    return True


def _layout(environment: jinja2.Environment, tree: nodes.Template, texts: Mapping[str, str]) -> nodes.Template | None:
    """The layout that a text extends, if it does."""
    extensions = [*tree.find_all(nodes.Extends)]
    if not extensions:
        return None
    first = extensions[0]
    if len(extensions) > 1 or first not in tree.body or not isinstance(first.template, nodes.Const):
        raise _CannotTellError
    layout = environment.parse(texts.get(str(first.template.value), ""))
    if layout.find(nodes.Extends) is not None:
        raise _CannotTellError
    return layout


def _printed(body: Sequence[nodes.Node]) -> list[nodes.Node]:
    """The statements of a text that extends a layout, without the words between them."""
    parts: list[nodes.Node] = []
    for node in body:
        if not isinstance(node, nodes.Output):
            parts.append(node)
        elif not all(isinstance(part, nodes.TemplateData) for part in node.nodes):
            raise _CannotTellError
    return parts


def _shown_blocks(layout: nodes.Node, overridden: set[str]) -> set[str]:
    """The blocks that a layout prints in any case; those inside of a block that is overridden are not among them."""
    shown: set[str] = set()
    for child in layout.iter_child_nodes():
        if isinstance(child, nodes.Block):
            shown.add(child.name)
            if child.name in overridden:
                continue
        if isinstance(child, _ALWAYS):
            shown |= _shown_blocks(child, overridden)
    return shown


def _collect(old: Any, new: Any, always: bool, words: list[tuple[str, str]]) -> None:
    """Collects the words that differ between two trees of one shape, if they are printed in any case."""
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for old_node, new_node in zip(old, new, strict=True):
            _collect(old_node, new_node, always, words)
    elif isinstance(old, nodes.TemplateData) and isinstance(new, nodes.TemplateData):
        if old.data != new.data:
            if not always:
                raise _CannotTellError
            words.append((old.data, new.data))
    elif isinstance(old, nodes.Node) and type(old) is type(new):
        within = always and isinstance(old, _ALWAYS)
        for (_, old_node), (_, new_node) in zip(old.iter_fields(), new.iter_fields(), strict=True):
            _collect(old_node, new_node, within, words)
    elif old != new:
        raise _CannotTellError
