"""A session with the language server as readable lines: the editor's questions and the server's answers."""

from __future__ import annotations

from lsprotocol import types as lsp

from tests.editor.session import Session, at

_FILE = "cart_abandonment.yaml"
_SEVERITIES = {1: "error", 2: "warning", 3: "info"}


def transcript(session: Session) -> str:
    """The lines of a session in which a state is misspelled, completed, looked up and renamed."""
    lines: list[str] = []

    def request(method: str, words: str) -> None:
        lines.append(f"editor  {method:26} {words}")

    def answered(words: str) -> None:
        lines.extend(f"server      {line}".rstrip() for line in words.splitlines())

    text = session.open(_FILE)
    request("textDocument/didOpen", _FILE)
    slip = text.replace("else: last_call", "else: last_cal")
    session.change(_FILE, slip)
    request("textDocument/didChange", "else: last_call  →  else: last_cal")
    for finding in session.shown(_FILE, lambda findings: any(each.code == "REF002" for each in findings)):
        severity = _SEVERITIES[finding.severity or 1]
        answered(f"{_place(finding.range.start)} {severity} {finding.code}: {finding.message}")
    request("textDocument/completion", "else: la¦")
    items = session.complete(_FILE, at(slip, "else: last_cal", 8)).items
    answered(", ".join(item.label for item in items))
    session.change(_FILE, text)
    request("textDocument/didChange", "else: last_cal  →  else: last_call")
    answered(f"{len(session.shown(_FILE, lambda findings: not findings))} findings")
    request("textDocument/hover", "worth_an_offer")
    answered(session.hover(_FILE, at(text, "1d: worth_an_offer", 6)))
    request("textDocument/definition", "email: cart/reminder")
    for location in session.definition(_FILE, at(text, "email: cart/reminder", 9)):
        answered(_name(session, location.uri))
    request("textDocument/rename", "last_call → last_word")
    edit = session.rename(_FILE, at(text, "else: last_call", 8), "last_word")
    for uri, edits in sorted((edit.changes or {}).items()):
        answered(f"{_name(session, uri)}: {', '.join(_place(change.range.start) for change in edits)}")
    session.shut(_FILE)
    request("textDocument/didClose", _FILE)
    return "\n".join(lines) + "\n"


def _place(position: lsp.Position) -> str:
    return f"{position.line + 1}:{position.character + 1}"


def _name(session: Session, uri: str) -> str:
    return uri.removeprefix(f"{session.root.as_uri()}/")
