"""The built-in strategies keep the contract of strategies."""

from __future__ import annotations

from gridloom.testing import StrategyContract


class TestGrid(StrategyContract):
    name = "grid"


class TestRace(StrategyContract):
    name = "race"
    refused = {"first": [1, 2.5], "risk": [0, 0.5], "candidates": [1, 50_001]}
