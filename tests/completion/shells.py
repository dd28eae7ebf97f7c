"""Shells that complete `gridloom` as a user's own do: bash by its completion function, zsh at a terminal with TAB."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from command_line import run_here

BASH = """
source completion.bash
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_gridloom_completion gridloom
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSHRC = """
PS1='%%'
LISTMAX=10000
autoload -Uz compinit
compinit -D -u
source ./completion.zsh
tell-all() { print -r -- "<<$BUFFER>>" }
zle -N tell-all
bindkey '^X' tell-all
print READY
"""
PATIENCE = 120
"""Seconds after which a shell that says nothing has failed."""


def environment(folder: Path) -> dict[str, str]:
    """Variables with which a shell finds the `gridloom` of these tests, and no files of the user."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "HOME": str(folder), "ZDOTDIR": str(folder), "TERM": "xterm"}


def asked(folder: Path, line: str, shell: str) -> list[str]:
    """The lines that the completion function of a shell is answered for a line, in the tests' own process."""
    words = line.split(" ")
    given = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)} if shell == "bash" else {}
    done = run_here(folder, _GRIDLOOM_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_ARGS=line, **given)
    assert (done.returncode, done.stderr) == (0, ""), done
    return [word for word in done.stdout.splitlines() if word]


def write_script(shell: str, folder: Path) -> None:
    """Write the completion script that `gridloom` shows for a shell; skips where there is no such shell."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    command = [shell, "-c", "gridloom --show-completion; true"]
    done = subprocess.run(
        command, env=environment(folder), capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    (folder / f"completion.{shell}").write_text(done.stdout)


class Bash:
    """A bash without settings in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write_script("bash", folder)

    def offers(self, line: str) -> list[str]:
        """What the completion function leaves in COMPREPLY for a line, whose last word is being written."""
        command = ["bash", "--norc", "--noprofile", "-c", BASH, "bash", *line.split(" ")]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment(self.folder),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done
        return [word for word in done.stdout.splitlines() if word]


class Zsh:
    """A zsh without settings at a wide terminal in a folder."""

    def __init__(self, folder: Path) -> None:
        write_script("zsh", folder)
        (folder / ".zshrc").write_text(ZSHRC)
        child, self.terminal = pty.fork()
        if not child:
            os.chdir(folder)
            os.execvpe("zsh", ["zsh", "-i"], environment(folder))
        self.child = child
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 400, 0, 0))
        self._until("READY")

    def press(self, keys: str) -> tuple[str, str]:
        """What the terminal shows and what the line has become when these keys are pressed on an empty line."""
        os.write(self.terminal, f"\x15{keys}\x18".encode())
        shown = self._until(">>")
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\x07\r]", "", shown)
        before, _, line = text.rpartition("<<")
        return before, line.partition(">>")[0]

    def close(self) -> None:
        """End the shell."""
        os.write(self.terminal, b"\x15exit\n")
        os.close(self.terminal)
        os.waitpid(self.child, 0)

    def _until(self, end: str) -> str:
        shown = b""
        while end.encode() not in shown:
            ready, _, _ = select.select([self.terminal], [], [], PATIENCE)
            assert ready, f"zsh has said nothing but {shown!r}"
            shown += os.read(self.terminal, 65536)
        return shown.decode(errors="replace")
