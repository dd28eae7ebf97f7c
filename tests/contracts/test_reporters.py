"""The built-in reporters keep the contract of reporters."""

from __future__ import annotations

import pytest

from gridloom.testing import ReporterContract

pytestmark = pytest.mark.slow


class TestConsole(ReporterContract):
    name = "console"


class TestCsv(ReporterContract):
    name = "csv"


class TestHtml(ReporterContract):
    name = "html"


class TestJson(ReporterContract):
    name = "json"


class TestMarkdown(ReporterContract):
    name = "markdown"


@pytest.mark.filterwarnings("default")  # MLflow itself uses what its own dependencies deprecate
class TestMlflow(ReporterContract):
    name = "mlflow"


class TestOptuna(ReporterContract):
    name = "optuna"


class TestPlots(ReporterContract):
    name = "plots"


class TestTensorboard(ReporterContract):
    name = "tensorboard"
