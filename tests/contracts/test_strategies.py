"""The built-in strategies keep the contract of strategies."""

from __future__ import annotations

from gridloom.testing import StrategyContract


class TestGrid(StrategyContract):
    name = "grid"
