"""Reads the fenced blocks of a page, and follows them from top to bottom as a reader in an empty folder would.

A block with `title="..."` is a file, which is written down; then

- `python` is run, within the tests' own process, or loaded as a plugin if it implements a hook;
- `yaml` is bound to the installed plugins and those of the page, as an experiment;
- `sh` is run, and so is a comment `<!-- run: COMMAND -->`, which readers do not see: lines of gridloom, pytest and Python scripts
  within the tests' own process, whose workers stay from one to the next, unless they stand among lines that bash has to read
  as a whole;
- a comment `<!-- same from: COMMAND -->` is a command that has to print what came before it did;
- `text` is what came before it printed, whatever its line breaks; the folder is `/home/me` there.

Distributions in the folder count as installed.

HTML comments above a block say what is special about it, one remark each:

- `<!-- not run: REASON -->`: a block that is only read;
- `<!-- exit code N -->`: how the commands end, if not with 0;
- `<!-- numbers vary -->`: they differ between machines or versions, so that only the words of the output are
  compared, and no verdict;
- `<!-- excerpt -->`: the output has these lines in this order, among others;
- `<!-- keys of FILE -->`: YAML that stands for these keys of another experiment;
- `<!-- given experiments: KEY=VALUE ... -->`: the folder of the repository's experiments, made cheaper;
- `<!-- slow -->`: the page takes more than ten seconds.

`newcomer` and `made` are for others: .ci/run, and `reference.py` beside this file.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from command_line import Finished, exec_here, importing_from, pytest_here, run_here
from markdown_it import MarkdownIt

from gridloom import GridloomError, write_yaml
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.yaml_document import read_file, read_text
from gridloom.registry.registry import load_registry

ROOT = Path(__file__).resolve().parents[2]
COMMENT = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
REMARK = re.compile(
    r"(not run|exit code|numbers vary|excerpt|keys of|given experiments|slow|newcomer|made|end of|same from|run)\b:?\s*(.*)",
    re.DOTALL,
)
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
VERDICT = re.compile(
    r"^(?:(?:Best|Winner|Tie): |To separate |Separating |Too noisy |More splits |The top two ).*$", re.MULTILINE
)
"""Which candidate is best, and how sure that is: it hangs on the last digits of scores."""
COMMAND = re.compile(r"gridloom [^|&;<>$`*?()#\\]*")
"""A line of shell that runs gridloom and nothing else."""
TESTS = re.compile(r"python -m pytest [^|&;<>$`*?()#\\]*")
"""A line of shell that runs tests and nothing else."""
SCRIPT = re.compile(r"(?:cd (?P<folder>\S+) && )?python (?P<file>\w+\.py)")
"""A line of shell that runs a script and nothing else, maybe in a folder within this one."""
SIMPLE = re.compile(r"(?:cat|ls|sed) [^\n]*")
"""A line of shell that can be run on its own."""
SCRIPTS = {"NO_COLOR": "1", "KERAS_BACKEND": "tensorflow"}
"""The environment of scripts."""
FEWEST_WORDS = 3
"""In a reason for not running a block."""


@dataclass(frozen=True)
class Block:
    """A fenced block, or a hidden command: its language, title, text, first line in the page, and remarks on it."""

    language: str
    title: str
    text: str
    line: int
    remarks: dict[str, str] = field(default_factory=dict)


class Wrong(AssertionError):
    """What is wrong with a block."""


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page, in order; a remark without a block of its own, such as "slow", stands alone."""
    remarks: dict[str, str] = {}
    for token in MarkdownIt().parse(page):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "html_block":
            for comment in COMMENT.findall(token.content):
                found = REMARK.fullmatch(comment)
                if not found:
                    raise Wrong(f"{line}: unknown remark <!-- {comment} -->")
                word, rest = found.groups()
                if word in ("run", "same from", "given experiments", "slow"):
                    yield Block(word, "", rest, line, remarks)
                    remarks = {}
                else:
                    remarks[word] = rest
        elif token.type == "fence":
            language, _, attributes = token.info.strip().partition(" ")
            title = re.search(r'title="(.+?)"', attributes)
            yield Block(language, title[1] if title else "", token.content, line, remarks)
            remarks = {}


@dataclass
class Reader:
    """Who follows a page: a folder, the plugins written to it so far, and what was printed last."""

    folder: Path
    plugins: list[str] = field(default_factory=list)
    printed: str | None = None

    def follow(self, page: Path) -> None:
        """Do what the page tells, block by block; Wrong with the line of the first block that does not work."""
        for block in blocks(page.read_text("utf-8")):
            try:
                self.do(block)
            except Wrong as wrong:
                raise Wrong(f"{page}:{block.line}: {wrong}") from None

    def do(self, block: Block) -> None:
        """Write, run or compare one block."""
        if "not run" in block.remarks:
            if len(block.remarks["not run"].split()) < FEWEST_WORDS:
                raise Wrong("say why this block is not run")
            self.printed = None
            return
        if block.title:
            path = self.folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        kinds = {
            "python": self._python,
            "yaml": self._yaml,
            "sh": self._shell,
            "run": self._shell,
            "same from": self._same,
            "text": self._output,
            "toml": self._toml,
            "given experiments": self._experiments,
        }
        if block.language in kinds:
            kinds[block.language](block)
        elif block.language != "slow" and not block.title:
            raise Wrong(
                f"a block of the language '{block.language}' is neither run nor a file; give it a title or a reason"
            )

    def _python(self, block: Block) -> None:
        if "hookimpl" not in block.text:
            self._keep(exec_here(self.folder, block.text, **SCRIPTS), block)
            return
        file = block.title or "plugin.py"
        (self.folder / file).write_text(block.text, "utf-8")
        try:
            registry = load_registry([str(self.folder / file)])
        except GridloomError as error:
            raise Wrong(str(error)) from None
        if not any(item.plugin.name == Path(file).stem for item in registry.provided):
            raise Wrong("this plugin provides nothing")
        if block.title and file not in self.plugins:
            self.plugins.append(file)

    def _shell(self, block: Block) -> None:
        lines = block.text.splitlines()
        if not all(any(kind.fullmatch(line) for kind in (COMMAND, TESTS, SCRIPT, SIMPLE)) for line in lines):
            self._run(block.text, block)
            return
        printed = ""
        for number, line in enumerate(lines, start=1):
            last = block if number == len(lines) else None
            if COMMAND.fullmatch(line):
                self._keep(self._command(line), last)
            elif TESTS.fullmatch(line):
                self._keep(pytest_here(self.folder, *shlex.split(line)[3:], NO_COLOR="1"), last)
            elif script := SCRIPT.fullmatch(line):
                folder, file = self.folder / (script["folder"] or ""), script["file"]
                self._keep(exec_here(folder, (folder / file).read_text("utf-8"), file, **SCRIPTS), last)
            else:
                self._run(line, last)
            printed += self.printed or ""
        self.printed = printed

    def _command(self, line: str) -> Finished:
        with importing_from(self.folder) if any(self.folder.glob("*.dist-info")) else nullcontext():
            return run_here(self.folder, *shlex.split(line)[1:], together=True, NO_COLOR="1")

    def _same(self, block: Block) -> None:
        before = self.printed
        self._shell(block)
        if self.printed != before:
            raise Wrong(f"this was printed instead:\n{self.printed}")

    def _run(self, text: str, block: Block | None) -> None:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=self.folder,
            env={
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "NO_COLOR": "1",
                "LOKY_MAX_CPU_COUNT": "1",  # every worker takes seconds to import what it trains with
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        self._keep(done, block)

    def _keep(self, done: Finished, block: Block | None) -> None:
        """Keep what was printed; Wrong unless it ends as its block says, which is about the last command of it."""
        self.printed = done.stdout
        expected = int(block.remarks.get("exit code", 0)) if block else 0
        if done.returncode != expected:
            raise Wrong(f"ends with {done.returncode}, not {expected}, and prints\n{self.printed}")

    def _yaml(self, block: Block) -> None:
        file = self.folder / (block.title or "experiment.yaml")
        text = block.text
        if whole := block.remarks.get("keys of"):
            other = read_file(self.folder / whole).plain()
            text = write_yaml(other | read_text(text, "these keys").plain())
        file.write_text(text, "utf-8")
        plugins = [str(self.folder / name) for name in self.plugins]
        try:
            read_experiment(file, load_registry(plugins), plugins=plugins)
        except GridloomError as error:
            raise Wrong(str(error)) from None

    def _toml(self, block: Block) -> None:
        try:
            tomllib.loads(block.text)
        except tomllib.TOMLDecodeError as error:
            raise Wrong(f"this is no TOML: {error}") from None

    def _output(self, block: Block) -> None:
        if self.printed is None:
            raise Wrong("nothing was run that could have printed this")
        want, got = block.text, self.printed.replace(f"{self.folder}/", "/home/me/")
        if "numbers vary" in block.remarks:
            want, got = NUMBER.sub("0", VERDICT.sub("", want)), NUMBER.sub("0", got)
        lines = [" ".join(line.split()) for line in want.splitlines() if line.strip()]
        all_printed = " ".join(got.split())
        if "excerpt" not in block.remarks:
            if " ".join(lines) != all_printed:
                raise Wrong(f"this was printed instead:\n{self.printed}")
            return
        place = 0
        for line in lines:
            if (place := all_printed.find(line, place)) < 0:
                raise Wrong(f"'{line}' was not printed, but\n{self.printed}")

    def _experiments(self, block: Block) -> None:
        """Copy the repository's experiments, and put the settings over every file that knows them."""
        shutil.copytree(ROOT / "experiments", self.folder / "experiments")
        for file in (self.folder / "experiments").rglob("*.yaml"):
            content = read_file(file).plain()
            for setting in block.text.split():
                key, _, value = setting.partition("=")
                *groups, last = key.split(".")
                inner = content
                for group in groups:
                    inner = inner[group]
                if last in inner:
                    inner[last] = read_text(value, key).plain()
            file.write_text(write_yaml(content), "utf-8")
