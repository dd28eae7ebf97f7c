"""How often scores that are nothing but noise hold a fit that counts as stuck, by the size of the search.

    python benchmarks/stuck.py [--times 1000]

prints Markdown: for each design the threshold of `gridloom.results.statistics.stuck`, in spreads, and the share of searches of
equal candidates with normal scores, and of accuracies on 256 rows, in which some fit lies below it; 0.05 is promised of
the normal ones. The last column is the share in which a fit that is stuck at 0.35 instead of 0.7, 25 spreads below, is found.
"""

from __future__ import annotations

import argparse

import numpy as np

from gridloom.results.statistics.stuck import stuck, threshold

NOISE = 0.014
STUCK = 0.35
ROWS = 256
DESIGNS = (
    (2, 3, 1), (3, 3, 1), (5, 3, 1), (8, 3, 1), (10, 3, 1), (50, 3, 1), (300, 3, 1), (3000, 3, 1), (10, 5, 1), (50, 5, 1),
    (10, 10, 1), (2, 3, 2), (10, 3, 2), (10, 3, 3), (50, 3, 5), (10, 3, 20), (1000, 3, 5),
)  # fmt: skip


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=1000, help="simulated searches a row")
    times = parser.parse_args().times
    print("| candidates | splits | seeds | threshold | normal | accuracies | found |\n|" + " ---: |" * 7)
    for count, splits, seeds in DESIGNS:
        shape, found = (count, 1, splits, seeds), np.zeros(3)
        draws = max(20, min(times, 20_000_000 // (count * splits * seeds) // 100))
        for number in range(draws):
            rng = np.random.default_rng(number)
            scores = 0.7 + NOISE * rng.standard_normal(shape)
            found[0] += stuck(scores) is not None
            found[1] += stuck(np.round(scores * ROWS) / ROWS) is not None
            scores[0, 0, 0, 0] = STUCK
            found[2] += stuck(scores) is not None
        shares = " | ".join(f"{share:.3f}" for share in found / draws)
        limit = threshold((count, splits, seeds))
        print(f"| {count} | {splits} | {seeds} | {limit:.1f} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
