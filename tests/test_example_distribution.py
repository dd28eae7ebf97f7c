"""The example distribution, built as a wheel and installed in a fresh environment: its tests pass, its experiments run."""

from __future__ import annotations

import ast
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from installing import TESTS, build, install_fresh, run_in_one_process

EXAMPLE = Path(__file__).parents[1] / "examples" / "gridloom-regularizers"
CANDIDATES = {"convolutions": 6, "penalties": 8, "smoothing": 8}
"""The experiments of the example, and how many candidates each has."""

LEARNT = {"convolutions": 0.6, "penalties": 0.85, "smoothing": 0.6}
"""What their best candidates score at least, after four epochs; chance is a third, 0.63 and a half."""

PROVIDED = {
    "family": ["l1_l2", "layer_norm", "label_smoothing"],
    "data set": ["shapes"],
    "model builder": ["conv_net"],
    "reporter": ["webhook"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of the environment, and of runs in it."""
    return tmp_path_factory.mktemp("example")


@pytest.fixture(scope="module")
def printed(folder, hook):
    """What a process of a fresh environment with the wheel prints, which sees the packages of this one; nothing is downloaded."""
    source = shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    wheel = build(source, folder)
    assert wheel.name == "gridloom_regularizers-1.0.0-py3-none-any.whl"
    reporters = ["json", "histories", {"name": "webhook", "url": f"http://127.0.0.1:{hook.server_port}"}]
    settings = {"training.epochs": 4, "validation.seeds": 1, "reporters": reporters}
    given = [f"--set={name}={json.dumps(value)}" for name, value in settings.items()]
    configured = f"--rootdir={EXAMPLE}", f"--config-file={EXAMPLE / 'pyproject.toml'}"
    commands = {
        "plugins": ["plugins", "--json"],
        "tests": [TESTS, "-q", "-pno:cacheprovider", *configured, EXAMPLE / "tests"],
        "runs": ["run", EXAMPLE / "experiments", *given],
    }
    environment = {"no_proxy": "*", "PYTHONDONTWRITEBYTECODE": "1"}
    return run_in_one_process(install_fresh(folder, wheel), commands, folder=folder, **environment)


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted."""

    def do_POST(self):
        self.server.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def hook():
    """A web server on this machine."""
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        server.posted = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_it_imports_public_names_alone():
    imported = set()
    for file in EXAMPLE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module)
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    assert {name for name in imported if name.partition(".")[0] == "gridloom"} == {"gridloom", "gridloom.testing"}
    assert not any(name.startswith("gridloom_plugins") for name in imported)


@pytest.mark.slow
def test_it_is_listed_with_all_that_it_provides(printed, folder):
    listed = json.loads(printed["plugins"])
    assert [plugin["broken"] for plugin in listed if plugin["broken"]] == []
    (plugin,) = [plugin for plugin in listed if plugin["name"] == "regularizers"]
    assert (plugin["distribution"], plugin["version"]) == ("gridloom-regularizers", "1.0.0")
    assert Path(plugin["file"]).is_relative_to(folder / "venv")
    assert {kind: [thing["name"] for thing in things] for kind, things in plugin["provides"].items()} == PROVIDED


@pytest.mark.slow
def test_its_own_tests_pass_there(printed):
    assert " passed" in printed["tests"]
    assert " skipped" not in printed["tests"]


@pytest.mark.slow
def test_its_experiments_run_and_a_web_server_hears_of_them(printed, hook, folder):
    assert "the reporter" not in printed["runs"]
    posted = {summary["experiment"]: summary for summary in hook.posted}
    assert {name: summary["candidates"] for name, summary in posted.items()} == CANDIDATES
    found = {name: json.loads((folder / "runs" / name / "results.json").read_text()) for name in CANDIDATES}
    for name, results in found.items():
        best = results["trials"][results["best"]]
        assert best["mean"] > LEARNT[name]
        assert posted[name]["engine"] == "fused"
        assert posted[name]["failed"] == 0
        assert posted[name]["sentence"] == results["summary"]["sentence"]
        assert posted[name]["best"]["mean"] == best["mean"]
        assert posted[name]["best"]["scores"] == [fit["scores"]["accuracy"] for fit in best["fits"]]
        assert (
            posted[name]["best"]["params"].items()
            <= {key: value for group in best["candidate"].values() for key, value in group.items()}.items()
        )
    histories = json.loads((folder / "runs" / "penalties" / "histories.json").read_text())["fits"]
    first_losses = {fit["trial"]: fit["history"]["loss"][0] for fit in reversed(histories)}
    penalties = {
        trial["candidate"]["l1_l2"]["l2"]: first_losses[number]
        for number, trial in enumerate(found["penalties"]["trials"])
        if trial["candidate"]["batch_norm"]["position"] == "before"
    }
    assert penalties[0.1] > 3 * penalties[0.0]
