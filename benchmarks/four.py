"""The article's four experiments whose scores were published."""

from __future__ import annotations

from pathlib import Path

EXPERIMENTS = Path(__file__).resolve().parent.parent / "experiments"
FOUR = [EXPERIMENTS / f"{name}.yaml" for name in ("activation", "dropout", "neurons", "weight_init")]
