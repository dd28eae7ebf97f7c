"""Writes the distribution of a new plugin: one working example of each chosen kind, with tests."""

from __future__ import annotations

import importlib.util
import keyword
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gridloom.errors import CannotWrite, disk_errors, nearest
from gridloom.registry.record import Record
from gridloom.registry.records import KINDS

DISTRIBUTION = re.compile(r"[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
"""What names of distributions look like: https://packaging.python.org/specifications/name-normalization/."""

LONGEST = 40
"""Names of things are derived from a plugin's name, and have at most 64 letters."""

TEMPLATES = Path(__file__).with_name("templates") / "plugin"


@dataclass(frozen=True)
class Example:
    """What the template of a kind provides: its record class, its constant, and the end of its name in YAML."""

    record: type[Record]
    constant: str
    thing: str


_THINGS = {
    "dataset": "moons",
    "transform": "ranks",
    "model": "residual",
    "family": "noise",
    "callback": "target",
    "strategy": "random",
    "engine": "bagging",
    "executor": "nice",
    "scorer": "cost",
    "reporter": "summary",
}
"""How the names of the templates' things end, by the word for their kind; each has a file in TEMPLATES."""

EXAMPLES = {kind.word: Example(kind, kind.word.upper(), _THINGS[kind.word]) for kind in KINDS}
"""The examples there are, by the word for their kind."""


def write_plugin(folder: Path, name: str, kinds: Iterable[str], version: str) -> list[Path]:
    """Write the distribution `name` into a new or empty folder, and return its files.

    `kinds` are words of EXAMPLES, `version` is the oldest Gridloom that it works with. Raises CannotWrite, and writes
    nothing, when the name is not valid for a distribution, its module exists, a kind is unknown, or the folder is not
    empty. Raises StorageError when the files cannot be written.
    """
    chosen = _chosen(kinds)
    module = module_name(name)
    if folder.exists() and not folder.is_dir():
        raise CannotWrite(f"{folder} is a file; name a new folder")
    if folder.exists() and any(folder.iterdir()):
        raise CannotWrite(f"the folder {folder} is not empty; name a new one, or empty it")
    texts = _texts(name, module, chosen, version)
    with disk_errors(folder):
        for file, text in texts.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return [folder / file for file in texts]


def module_name(name: str) -> str:
    """The Python module of a distribution; CannotWrite unless the name is valid for a distribution and a new module."""
    if not DISTRIBUTION.fullmatch(name) or len(name) > LONGEST:
        raise CannotWrite(
            f"'{name}' cannot name a distribution: write up to {LONGEST} letters, digits, '-', '_' and '.', such as "
            "gridloom-mine; it begins and ends with a letter or digit"
        )
    module = re.sub(r"[-_.]+", "_", name).lower()
    if not module.isidentifier() or keyword.iskeyword(module):
        raise CannotWrite(f"'{name}' makes the module '{module}', which Python cannot import; try gridloom-{name}")
    spec = importlib.util.find_spec(module)
    if module in sys.stdlib_module_names or (spec is not None and spec.origin is not None):
        raise CannotWrite(f"a module '{module}' already exists, and '{name}' would hide it; try gridloom-{name}")
    return module


def _chosen(kinds: Iterable[str]) -> Sequence[str]:
    """The kinds in the order of EXAMPLES, each once."""
    wanted = set(kinds)
    for kind in sorted(wanted):
        if kind not in EXAMPLES:
            raise CannotWrite(f"unknown kind '{kind}'; {nearest(kind, EXAMPLES)}")
    return [kind for kind in EXAMPLES if kind in wanted]


def _texts(name: str, module: str, kinds: Sequence[str], version: str) -> dict[str, str]:
    """The text of every file, by its place in the distribution."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=False,  # noqa: S701  (Python, TOML and Markdown, not HTML; the name has been checked)
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    facts = {
        "name": name,
        "module": module,
        "prefix": re.sub(r"^gridloom[-_.]+", "", name.lower()) or name.lower(),
        "version": version,
        "kinds": kinds,
        "examples": EXAMPLES,
    }
    return {file: environment.get_template(template).render(facts) for file, template in _files(module, kinds).items()}


def _files(module: str, kinds: Sequence[str]) -> dict[str, str]:
    """The template of every file."""
    files = {
        "pyproject.toml": "pyproject.toml.jinja",
        "README.md": "README.md.jinja",
        ".gitignore": "gitignore.jinja",
        ".github/workflows/tests.yml": "tests.yml.jinja",
        f"src/{module}/__init__.py": "init.py.jinja",
    }
    for kind in kinds:
        files[f"src/{module}/{kind}.py"] = f"{kind}.py.jinja"
        files[f"tests/test_{kind}.py"] = f"test_{kind}.py.jinja"
    if set(kinds) != {"engine"}:
        files["experiments/network.yaml"] = "network.yaml.jinja"
    if "engine" in kinds:
        files["experiments/estimator.yaml"] = "estimator.yaml.jinja"
    return files
