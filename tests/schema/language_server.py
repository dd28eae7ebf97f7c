"""The yaml-language-server that editors use, installed by npm, and a small client that asks it as an editor would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_cache_path

VERSION = "1.25.0"
PACKAGE = "yaml-language-server"
PATIENCE = 1800
"""Seconds after which a server that does not answer is killed."""


def installed() -> Path:
    """The script of the language server, installed in the user's cache folder unless it is there; skips without npm."""
    npm = shutil.which("npm")
    if not (npm and shutil.which("node")):
        pytest.skip("node and npm are not installed, so there is no yaml-language-server")
    folder = user_cache_path("gridloom") / f"{PACKAGE}-{VERSION}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as new:
            command = [npm, "install", "--no-audit", "--no-fund", "--prefix", new, f"{PACKAGE}@{VERSION}"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                pytest.skip(f"npm cannot install {PACKAGE}: {done.stderr.strip()[-200:]}")
            os.rename(new, folder)  # noqa: PTH104
            Path(new).mkdir()
    return folder / "node_modules" / PACKAGE / "bin" / PACKAGE


@dataclass
class LanguageServer:
    """A client of a running server; positions are marked by ► in texts."""

    process: subprocess.Popen[bytes]
    folder: Path
    asked: int = 0
    opened: int = 0
    noted: list[dict[str, Any]] = field(default_factory=list)

    def request(self, method: str, **params: Any) -> Any:
        """The answer to a request."""
        self.asked += 1
        self._send({"id": self.asked, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self.asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def notify(self, method: str, **params: Any) -> None:
        """Tell the server without asking for an answer."""
        self._send({"method": method, "params": params})

    def open(self, text: str) -> str:
        """Open a new experiment with this text; returns its URI."""
        self.opened += 1
        uri = (self.folder / f"e{self.opened}.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", textDocument=document)
        return uri

    def problems(self, text: str) -> list[dict[str, Any]]:
        """The diagnostics of an experiment."""
        uri = self.open(text)
        while True:
            for message in self.noted:
                if message["method"] == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                    return message["params"]["diagnostics"]
            self._receive()

    def completions(self, marked: str) -> dict[str, dict[str, Any]]:
        """What may be written at ►, by label."""
        answer = self.request("textDocument/completion", **self._place(marked))
        return {item["label"]: item for item in answer["items"]}

    def hover(self, marked: str) -> str:
        """The text that is shown for what stands behind ►."""
        answer = self.request("textDocument/hover", **self._place(marked))
        return answer["contents"]["value"] if answer else ""

    def _place(self, marked: str) -> dict[str, Any]:
        before, text = marked.partition("►")[0], marked.replace("►", "")
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return {"textDocument": {"uri": self.open(text)}, "position": position}

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message = json.loads(self.process.stdout.read(length))
        if "method" in message:
            self.noted.append(message)
            if "id" in message:
                self._send({"id": message["id"], "result": self._answer(message)})
        return message

    def _answer(self, message: dict[str, Any]) -> Any:
        """What an editor answers to a request of the server: settings, mostly."""
        if message["method"] != "workspace/configuration":
            return None
        settings = {"yaml": {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}}
        return [settings.get(item.get("section"), {}) for item in message["params"]["items"]]


@contextmanager
def language_server(folder: Path) -> Iterator[LanguageServer]:
    """A running server for the experiments in a folder."""
    command = ["node", str(installed()), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        server = LanguageServer(process, folder)
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}},
        }
        folders = [{"uri": folder.as_uri(), "name": "experiments"}]
        server.request(
            "initialize",
            processId=os.getpid(),
            rootUri=folder.as_uri(),
            capabilities=capabilities,
            workspaceFolders=folders,
        )
        server.notify("initialized")
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            yield server
        finally:
            watchdog.cancel()
            process.kill()
