"""The app as a browser meets it: requests become API Gateway events for one of its Lambda functions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

from chalice.app import Chalice
from chalice.local import LambdaEventConverter, RouteMatcher
from chalice.test import Client, HTTPResponse


@dataclass(frozen=True)
class Site:
    """`function` is the Lambda function that the paths lead to."""

    app: Chalice
    function: str

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        """What API Gateway hands to the browser: `status_code`, `headers`, `body` in bytes."""
        matcher = RouteMatcher(list(self.app.routes))
        event = LambdaEventConverter(matcher).create_lambda_event("GET", path, headers or {}, b"")
        with Client(self.app) as client:
            answer = client.lambda_.invoke(self.function, event).payload
        return HTTPResponse.create_from_dict(answer)

    @contextmanager
    def served(self) -> Iterator[str]:
        """The site on a free loopback port, as its base URL."""
        server = _Server(self)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Server(ThreadingHTTPServer):
    def __init__(self, site: Site) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        # A Chalice app holds one current request; a Lambda function never has two.
        self.state = SimpleNamespace(site=site, one_at_a_time=threading.Lock())


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        with self.server.state.one_at_a_time:
            answer = self.server.state.site.get(
                self.path, {name.lower(): value for name, value in self.headers.items()}
            )
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a path holds a token."""
