"""What Gridloom itself costs: fits that train nothing, by the thousand.

    python benchmarks/many_fits.py [FITS ...]

The model is scikit-learn's DummyClassifier, the engine `sklearn`, two splits for each candidate. For each number of fits: the seconds
of `gridloom run` and the CPU time of its parent process a fit, the parent's peak memory, the journal's bytes a fit, and the seconds of
`gridloom show` and of `gridloom report -r csv` afterwards. None of them should grow faster than the number of fits.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLUGIN = """
import gridloom

def build(number: int = 0):
    from sklearn.dummy import DummyClassifier
    return DummyClassifier()

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("nothing", "Learns nothing.", build, makes="estimator")
"""

EXPERIMENT = """
dataset: iris
model: nothing
search: {{space: {{model: {{number: {{low: 1, high: {candidates}, step: 1}}}}}}}}
validation: {{method: stratified_kfold, folds: 2}}
reporters: [csv]
"""

RUN = """
import resource, sys, time
from gridloom.cli import main
started = time.perf_counter()
try:
    main()
finally:
    own = resource.getrusage(resource.RUSAGE_SELF)
    seconds = time.perf_counter() - started
    print("measured", seconds, own.ru_utime + own.ru_stime, own.ru_maxrss / 1024, file=sys.stderr)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fits", type=int, nargs="*", default=[10_000, 100_000])
    print("| fits | run, s | parent, CPU ms a fit | parent, MiB | journal, bytes a fit | show, s | report, s |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for fits in parser.parse_args().fits:
        with tempfile.TemporaryDirectory() as folder:
            print(line(fits, Path(folder)), flush=True)


def line(fits: int, folder: Path) -> str:
    """One line of the table."""
    (folder / "nothing.py").write_text(PLUGIN, "utf-8")
    (folder / "nothing.yaml").write_text(EXPERIMENT.format(candidates=fits // 2), "utf-8")
    seconds, cpu, mib = gridloom(folder, "run", "nothing.yaml", "-p", "nothing.py")
    (run,) = (folder / "runs").iterdir()
    size = sum(path.stat().st_size for path in run.glob("journal*"))
    show, *_ = gridloom(folder, "show", str(run), "-p", "nothing.py")
    report, *_ = gridloom(folder, "report", str(run), "-r", "csv", "-p", "nothing.py")
    cells = f"{seconds:.1f} | {1000 * cpu / fits:.2f} | {mib:.0f} | {size / fits:.0f} | {show:.1f} | {report:.1f}"
    return f"| {fits:,} | {cells} |"


def gridloom(folder: Path, *arguments: str) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak MiB of the command's own process."""
    started = time.perf_counter()
    command = [sys.executable, "-c", RUN, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    _, _, cpu, mib = next(line.split() for line in done.stderr.splitlines() if line.startswith("measured "))
    return time.perf_counter() - started, float(cpu), float(mib)


if __name__ == "__main__":
    main()
