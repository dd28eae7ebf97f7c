"""What comes of journals that are damaged at random: cut off, bits flipped, pages zeroed, swapped, or overwritten.

    python benchmarks/torture/damaged_journals.py [--ways 1000] [--seed 0]

A run of 48 fits is made once. Each damaged copy of its journal is read as `gridloom show` reads it, and opened as `gridloom
run` opens it, and what is found is compared with the truth: the manifest, and every score of every fit.

- refused in words: an error of Gridloom's own that names the file
- harmless: what is read is the truth
- wrong: anything else is read, were it one fit less
- traceback: any other error
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import gridloom
from gridloom.core.file_names import EXPERIMENT, JOURNAL
from gridloom.errors import GridloomError
from gridloom.experiment.bind import read_experiment
from gridloom.registry.registry import load_registry
from gridloom.runs.journal import Journal
from gridloom.runs.reading import load_result

EXPERIMENT_TEXT = """
name: damaged
dataset: iris
model: logistic_regression
search: {space: {model: {C: [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0]}}}
validation: {method: stratified_kfold, folds: 3, seeds: 2}
reporters: []
"""

PAGE = 4096


def cut_off(content: bytearray, rng: random.Random) -> None:
    """Keep a beginning."""
    del content[rng.randrange(len(content)) :]


def flip_a_bit(content: bytearray, rng: random.Random) -> None:
    """Change one bit."""
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def zero_a_page(content: bytearray, rng: random.Random) -> None:
    """Let a page be all zeros."""
    page = rng.randrange(len(content) // PAGE) * PAGE
    content[page : page + PAGE] = bytes(PAGE)


def swap_pages(content: bytearray, rng: random.Random) -> None:
    """Let two pages change places."""
    one, two = (page * PAGE for page in rng.sample(range(len(content) // PAGE), 2))
    content[one : one + PAGE], content[two : two + PAGE] = content[two : two + PAGE], content[one : one + PAGE]


def overwrite(content: bytearray, rng: random.Random) -> None:
    """Put up to 64 random bytes somewhere."""
    place = rng.randrange(len(content))
    new = rng.randbytes(rng.randint(1, 64))
    content[place : place + len(new)] = new[: len(content) - place]


WAYS: list[Callable[[bytearray, random.Random], None]] = [cut_off, flip_a_bit, zero_a_page, swap_pages, overwrite]


def main() -> None:
    """Damage and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ways", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)  # noqa: S311
    outcomes = ("refused in words", "harmless", "wrong", "traceback")
    with tempfile.TemporaryDirectory() as place:
        folder = made(Path(place))
        whole = (folder / JOURNAL).read_bytes()
        truth = shown(folder), opened(folder)
        counts: Counter[tuple[str, str]] = Counter()
        for number in range(given.ways):
            damage = WAYS[number % len(WAYS)]
            content = bytearray(whole)
            damage(content, rng)
            for read, right in zip((shown, opened), truth, strict=True):
                for path in folder.glob(f"{JOURNAL}*"):
                    path.unlink()
                (folder / JOURNAL).write_bytes(content)
                counts[damage.__name__, outcome(read, folder, right)] += 1
        shutil.rmtree(folder)
    print(f"{given.ways} damaged journals of {len(whole)} bytes, each read and opened\n")
    print(f"| damage | {' | '.join(outcomes)} |\n| --- | ---: | ---: | ---: | ---: |")
    for name in (damage.__name__ for damage in WAYS):
        print(f"| {name.replace('_', ' ')} | {' | '.join(str(counts[name, found]) for found in outcomes)} |")
    totals = [sum(counts[damage.__name__, found] for damage in WAYS) for found in outcomes]
    print(f"| all | {' | '.join(map(str, totals))} |")


def made(place: Path) -> Path:
    """The folder of a finished run."""
    (place / "damaged.yaml").write_text(EXPERIMENT_TEXT)
    return gridloom.run(place / "damaged.yaml", out=place / "runs", n_jobs=1).folder


def shown(folder: Path) -> object:
    """What `show` reads."""
    experiment = read_experiment(folder / EXPERIMENT, load_once())
    result = load_result(experiment, folder)
    return dict(result.manifest), [(trial.params, trial.results) for trial in result.trials]


def opened(folder: Path) -> object:
    """What `run` goes on from."""
    journal = Journal(folder / JOURNAL)
    try:
        return journal.manifest, journal.results()
    finally:
        journal.close()


def outcome(read: Callable[[Path], object], folder: Path, right: object) -> str:
    """What comes of reading, in a word."""
    try:
        found = read(folder)
    except GridloomError as error:
        return "refused in words" if JOURNAL in str(error) else "traceback"
    except Exception:
        return "traceback"
    return "harmless" if found == right else "wrong"


_registry = load_registry()


def load_once() -> object:
    """The installed plugins."""
    return _registry


if __name__ == "__main__":
    main()
