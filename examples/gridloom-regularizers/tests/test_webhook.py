"""The reporter `webhook`: what it posts, and what it says when the server does not take it."""

from __future__ import annotations

import re
import socket
import threading

import pytest
from pydantic import HttpUrl

from gridloom import FitResult, GridloomError
from gridloom.testing import ReporterContract, make_result
from gridloom_regularizers.webhook import report


class TestWebhook(ReporterContract):
    name = "webhook"
    refused = {"url": ["localhost", "file:///etc/passwd", 80], "timeout": [0, -1.0, "long"]}

    @pytest.fixture(autouse=True)
    def _url(self, server, monkeypatch):
        monkeypatch.setattr(type(self), "options", {"url": server.url})


@pytest.fixture
def result(tmp_path):
    """One of three candidates failed, and the second is the best."""
    failed = FitResult.failed(ValueError("no such layer"))
    trials = [
        ({"l2": 0.0}, [FitResult({"accuracy": 0.5}), FitResult({"accuracy": 0.75})]),
        ({"l2": 0.1}, [FitResult({"accuracy": 0.75}), FitResult({"accuracy": 1.0})]),
        ({"l2": 0.2}, [FitResult({"accuracy": 0.9}), failed]),
    ]
    return make_result(tmp_path, trials, name="penalties", engine="fused")


def post(result, url, timeout=10.0):
    report(result, HttpUrl(url), timeout)


def refusal(result, url, timeout=10.0):
    with pytest.raises(GridloomError, match=r"the reporter 'webhook' could not post the summary: ") as caught:
        post(result, url, timeout)
    return str(caught.value).partition("summary: ")[2]


def test_the_server_gets_a_summary_as_json(server, result):
    post(result, server.url)
    ((content_type, posted),) = server.posted
    assert content_type == "application/json"
    assert posted == {
        "experiment": "penalties",
        "sentence": result.summary.sentence,
        "scoring": "accuracy",
        "engine": "fused",
        "candidates": 3,
        "failed": 1,
        "best": {"params": {"l2": 0.1}, "mean": 0.875, "std": 0.125, "scores": [0.75, 1.0]},
    }
    assert result.summary.sentence


def test_without_a_complete_candidate_there_is_no_best_one(server, tmp_path):
    post(make_result(tmp_path, [({"l2": 0.0}, [FitResult.failed(ValueError("no"))])]), server.url)
    ((_, posted),) = server.posted
    assert (posted["best"], posted["candidates"], posted["failed"]) == (None, 1, 1)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_any_answer_of_success_will_do(server, result, status):
    post(result, f"{server.url}/{status}")
    assert len(server.posted) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, "500 Internal Server Error"),
        (404, "404 Not Found"),
        (301, "301 Moved Permanently"),
        (307, "307 Temporary"),
    ],
)
def test_another_answer_is_an_error_that_says_so_and_keeps_the_path_to_itself(server, result, status, words):
    told = refusal(result, f"{server.url}/{status}")
    assert told.startswith(f"127.0.0.1:{server.server_port} answered {words}")
    assert f"/{status}" not in told
    assert len(server.posted) == 1


def test_a_server_that_is_silent_is_not_waited_for(server, result):
    assert refusal(result, f"{server.url}/slow", 0.2).endswith(" did not answer for 0.2 s")


def test_a_server_that_is_not_there_is_an_error(result, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    told = refusal(result, f"http://127.0.0.1:{port}/secret")
    assert re.fullmatch(rf"127\.0\.0\.1:{port} cannot be reached: .*refused.*", told)


def test_a_server_that_speaks_something_else_is_an_error(result, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(10)

        def answer():
            connection, _ = other.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"220 mail.example.org ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        told = refusal(result, f"http://127.0.0.1:{other.getsockname()[1]}")
        thread.join()
    assert "cannot be reached: 220 mail" in told


def test_a_run_is_kept_whatever_the_server_answers(server, gridloom_run):
    hooks = [{"name": "webhook", "url": f"{server.url}/{status}"} for status in (500, 200)]
    result = gridloom_run(reporters=[hooks[0]])
    assert result.is_complete
    (told,) = result.report_errors
    assert told.message.endswith(
        f"could not post the summary: 127.0.0.1:{server.server_port} answered 500 Internal Server Error"
    )
    assert gridloom_run(reporters=[hooks[1]]).report_errors == []
    assert [posted["best"]["params"] for _, posted in server.posted] == [result.best.params] * 2
