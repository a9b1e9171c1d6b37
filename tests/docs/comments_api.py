"""The part of GitHub's and GitLab's interfaces for writing comments, on this machine and in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "secret"
# The addresses for listing and adding comments, for changing one of them, and the method of the change.
_LISTS = re.compile(r"/repos/shop/crm/issues/7/comments|/projects/3/merge_requests/7/notes")
_SINGLE = re.compile(r"/repos/shop/crm/issues/comments/(\d+)|/projects/3/merge_requests/7/notes/(\d+)")
_CHANGING = {"repos": "PATCH", "projects": "PUT"}


class Comments:
    """The comments by id, in order of time, and the calls that changed something."""

    def __init__(self, strangers: int) -> None:
        self.bodies: dict[int, str | None] = dict.fromkeys(range(1, strangers + 1), "Looks good")
        self.calls: list[str] = []
        self.url = ""

    def answer(self, method: str, path: str, body: str) -> tuple[int, Any]:
        parts = urlsplit(path)
        single = _SINGLE.fullmatch(parts.path)
        if _LISTS.fullmatch(parts.path) and method == "GET":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
            listed = [{"id": number, "body": text} for number, text in self.bodies.items()]
            return 200, listed[(page - 1) * size : page * size]
        if _LISTS.fullmatch(parts.path) and method == "POST":
            number = len(self.bodies) + 1
        elif single is not None and method == _CHANGING[parts.path.split("/")[1]]:
            number = int(single[1] or single[2])
        else:
            return 404, {"message": "Not Found"}
        self.bodies[number] = body
        self.calls.append(method)
        return 201 if method == "POST" else 200, {"id": number}


@contextmanager
def serving(strangers: int = 2) -> Iterator[Comments]:
    """An interface with the comments of others, for the length of the block."""
    comments = Comments(strangers)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            tokens = self.headers.get("Authorization"), self.headers.get("PRIVATE-TOKEN")
            if f"Bearer {TOKEN}" not in tokens and TOKEN not in tokens:
                status, values = 401, {"message": "Unauthorized"}
            else:
                text = json.loads(body)["body"] if body[:1] == "{" else "".join(parse_qs(body).get("body", ()))
                status, values = comments.answer(self.command, self.path, text)
            data = json.dumps(values).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = answer

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    comments.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield comments
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
