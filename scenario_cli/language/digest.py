"""The digest of a project: the same for the same project in any folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from scenario_cli.language.yaml_node import Node, plain
from scenario_cli.model.memo import memoized


def project_digest(kinds: Mapping[str, Node], scenarios: Iterable[Node], texts: Mapping[str, str]) -> str:
    """SHA-256 over all values of the project's files, and over its template texts by path.

    Comments, layout and the names of scenario files do not count.
    """
    content = {
        "files": {kind: plain(node) for kind, node in kinds.items()},
        "scenarios": sorted(values_text(node) for node in scenarios),
        "templates": dict(texts),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@memoized
def values_text(node: Node) -> str:
    """The values of a file as one text, the same for any order of keys."""
    return json.dumps(plain(node), sort_keys=True)
