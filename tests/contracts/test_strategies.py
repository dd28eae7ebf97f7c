"""The built-in strategies keep the contract of strategies."""

from __future__ import annotations

from gridloom.testing import StrategyContract


class TestGrid(StrategyContract):
    name = "grid"


class TestSobol(StrategyContract):
    name = "sobol"
    refused = {"candidates": [0, 50_001, 1.5]}


class TestLatinHypercube(StrategyContract):
    name = "latin_hypercube"
    options = {"candidates": 7}
    refused = {"candidates": [0, 50_001, 1.5]}


class TestHalving(StrategyContract):
    name = "halving"
    options = {"share": 0.1, "candidates": 9}
    refused = {
        "epochs": [0, [9], [1, 2, 3], 1.5],
        "share": [0, 1.5, [0.1]],
        "cells": [0, [0, 3]],
        "candidates": [0],
        "factor": [1, 2.5],
        "rungs": ["best"],
    }


class TestHyperband(StrategyContract):
    name = "hyperband"
    refused = {"epochs": [0, [9]], "share": [0, 1.5], "cells": [0], "factor": [1]}


class TestZoom(StrategyContract):
    name = "zoom"
    options = {"values": 2, "rounds": 2}
    refused = {"values": [1, 2.5], "rounds": [0]}


class TestRace(StrategyContract):
    name = "race"
    refused = {"first": [1, 2.5], "risk": [0, 0.5], "candidates": [0, 50_001]}


class TestBayesian(StrategyContract):
    name = "bayesian"
    options = {"candidates": 6, "wave": 3}
    refused = {"candidates": [0, 5_001, 1.5], "wave": [0], "initial": [0, 2.5]}


class TestOptuna(StrategyContract):
    name = "optuna"
    options = {"candidates": 15, "wave": 5}
    refused = {
        "sampler": ["tpee", {"name": "tpe", "multi": True}, {"name": "tpe", "group": 1}, {"multivariate": True}],
        "candidates": [0],
        "wave": [0, 1.5],
        "objectives": ["accuracy"],
        "pruner": [
            "median",
            {"name": "median"},
            {"name": "median", "epochs": [5, 5]},
            {"name": "nop", "epochs": [1, 2]},
        ],
    }
