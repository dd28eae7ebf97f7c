"""Prints what is posted to http://localhost:8765, until Ctrl-C."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer


class Listener(BaseHTTPRequestHandler):
    """Answers every post with 204."""

    def do_POST(self) -> None:
        """Print the JSON, and say that all is well."""
        print(json.dumps(json.loads(self.rfile.read(int(self.headers["Content-Length"]))), indent=2))
        self.send_response(204)
        self.end_headers()


HTTPServer(("localhost", 8765), Listener).serve_forever()
