"""A session with the language server in a process of its own, over its standard input and output: pygls' client, whose
calls wait for their answers."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

_PATIENCE = 120  # seconds for an answer; a busy machine takes long to start Python


class Session:
    """The client's side. A document has its path in the project as name."""

    def __init__(self, root: Path, *encodings: lsp.PositionEncodingKind) -> None:
        self.root = root
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.client = LanguageClient("tests", "1")
        self.diagnostics: dict[str, list[lsp.Diagnostic]] = {}
        self.messages: list[str] = []
        self.changed = threading.Condition()
        self.versions: dict[str, int] = {}
        self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self._on_diagnostics(params))
        self.client.feature(lsp.WINDOW_SHOW_MESSAGE)(lambda params: self.messages.append(params.message))
        self.client.feature(lsp.WINDOW_LOG_MESSAGE)(lambda params: self.messages.append(params.message))
        self.client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(lambda params: None)
        self.wait(self.client.start_io(sys.executable, "-m", "scenario_cli.cli.main", "lsp", "--stdio"))
        watching = lsp.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        capabilities = lsp.ClientCapabilities(
            workspace=lsp.WorkspaceClientCapabilities(did_change_watched_files=watching),
            general=lsp.GeneralClientCapabilities(position_encodings=encodings) if encodings else None,
        )
        self.server = self.wait(
            self.client.initialize_async(lsp.InitializeParams(capabilities, root_uri=root.as_uri()))
        )
        self.client.initialized(lsp.InitializedParams())

    def wait(self, answer: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(answer, self.loop).result(_PATIENCE)

    def close(self) -> int | None:
        """Ends the session; returns the server's exit code."""
        self.wait(self.client.shutdown_async(None))
        self.client.exit(None)
        process: Any = self.client._server
        code: int = self.wait(process.wait())
        self.loop.call_soon_threadsafe(self.loop.stop)
        return code

    def _on_diagnostics(self, params: lsp.PublishDiagnosticsParams) -> None:
        with self.changed:
            self.diagnostics[params.uri] = list(params.diagnostics)
            self.changed.notify_all()

    # --- what an editor does ---

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def open(self, path: str, text: str | None = None) -> str:
        text = (self.root / path).read_text(encoding="utf-8") if text is None else text
        self.versions[path] = 1
        self.client.text_document_did_open(
            lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(self.uri(path), "yaml", 1, text))
        )
        return text

    def change(self, path: str, text: str) -> None:
        self.versions[path] += 1
        document = lsp.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path))
        whole = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [whole]))

    def shut(self, path: str) -> None:
        document = lsp.TextDocumentIdentifier(self.uri(path))
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))

    def open_and_read(self, path: str) -> str:
        """Opens a document and waits until the server has read it, so that nothing of an earlier text is left: the
        server reads before it answers whether a name can be changed.
        """
        text = self.open(path)
        with contextlib.suppress(JsonRpcException):
            params = lsp.PrepareRenameParams(**self.place(path, lsp.Position(0, 0)))
            self.wait(self.client.text_document_prepare_rename_async(params))
        return text

    def shown(self, path: str, fits: Callable[[list[lsp.Diagnostic]], bool]) -> list[lsp.Diagnostic]:
        """Waits until the findings of a document are as expected; returns them."""
        uri = self.uri(path)
        with self.changed:
            is_expected = self.changed.wait_for(
                lambda: uri in self.diagnostics and fits(self.diagnostics[uri]), _PATIENCE
            )
            assert is_expected, self.diagnostics.get(uri)
            return self.diagnostics[uri]

    def place(self, path: str, position: lsp.Position) -> dict[str, Any]:
        return {"text_document": lsp.TextDocumentIdentifier(self.uri(path)), "position": position}

    def complete(self, path: str, position: lsp.Position) -> lsp.CompletionList:
        completion = self.wait(
            self.client.text_document_completion_async(lsp.CompletionParams(**self.place(path, position)))
        )
        assert isinstance(completion, lsp.CompletionList)
        return completion

    def hover(self, path: str, position: lsp.Position) -> str:
        answer = self.wait(self.client.text_document_hover_async(lsp.HoverParams(**self.place(path, position))))
        return str(answer.contents.value) if answer is not None else ""

    def definition(self, path: str, position: lsp.Position) -> list[lsp.Location]:
        locations = self.wait(
            self.client.text_document_definition_async(lsp.DefinitionParams(**self.place(path, position)))
        )
        return list(locations or [])

    def references(self, path: str, position: lsp.Position, include_declaration: bool = True) -> list[lsp.Location]:
        context = lsp.ReferenceContext(include_declaration)
        params = lsp.ReferenceParams(context=context, **self.place(path, position))
        return list(self.wait(self.client.text_document_references_async(params)) or [])

    def rename(self, path: str, position: lsp.Position, name: str) -> lsp.WorkspaceEdit:
        params = lsp.RenameParams(new_name=name, **self.place(path, position))
        edit = self.wait(self.client.text_document_rename_async(params))
        assert isinstance(edit, lsp.WorkspaceEdit)
        return edit


def at(text: str, needle: str, behind: int = 0) -> lsp.Position:
    """The position `behind` characters after the beginning of `needle` in a text, in units of UTF-16."""
    offset = text.index(needle) + behind
    line = text.count("\n", 0, offset)
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return lsp.Position(line, len(before.encode("utf-16-le")) // 2)
