"""Makes the pictures of the documentation from a real search: `python docs/pictures/make.py`.

It runs `search.yaml`, and writes `report.png`, the first screen of report.html, and `console.svg`, what the terminal shows;
`editor.png` is an editor with what a YAML language server says. It needs the extra `test`, a Chromium and npm.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from editor import page
from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

HERE = Path(__file__).parent
COLUMNS, LINES = 112, 40
REPORT = ViewportSize(width=1200, height=1500)
EDITOR = ViewportSize(width=1000, height=560)
COLORS = 128
SEQUENCE = re.compile(r"\x1b\[\??([\d;]*)([A-Za-z])|[\r\n]")
"""What moves the cursor, or erases, or colors."""
WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
FONT = "font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"


def in_a_terminal(command: list[str], folder: Path) -> str:
    """What a command prints to a terminal, escape sequences included; CalledProcessError if it fails."""
    main, other = pty.openpty()
    sized = f'stty cols {COLUMNS} rows {LINES}; exec "$@"'
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(LINES)}
    process = subprocess.Popen(
        ["/bin/sh", "-c", sized, "sh", *command], cwd=folder, stdin=other, stdout=other, stderr=other, env=environment
    )
    os.close(other)
    printed = b""
    try:
        while block := os.read(main, 65536):
            printed += block
    except OSError:  # Linux reports the end of the last process so
        pass
    os.close(main)
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, command, printed)
    return printed.decode()


def on_the_screen(printed: str) -> str:
    """The lines that a terminal shows at the end, in their colors: progress that was overwritten is gone."""
    lines, row, place = [""], 0, 0
    for found in SEQUENCE.finditer(printed):
        lines[row] += printed[place : found.start()]
        place = found.end()
        if found[0] == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif found[2] == "A":
            row -= int(found[1] or 1)
        elif found[2] == "K":
            lines[row] = ""
        elif found[2] == "m":
            lines[row] += found[0]
    return "\n".join(lines).strip("\n")


def draw_console(printed: str, command: str, file: Path) -> None:
    """An SVG of a terminal in which a command was typed."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(on_the_screen(printed)), highlight=False)
    drawn = console.export_svg(title="gridloom", theme=MONOKAI)
    drawn = re.sub(r"font-family: ?(?:Fira Code|arial)[^;]*", FONT, WEB_FONT.sub("", drawn))
    file.write_text("\n".join(line.rstrip() for line in drawn.splitlines()) + "\n", "utf-8")


def photograph(shown: Path, file: Path, size: ViewportSize) -> None:
    """A PNG of the first screen of a page, in few colors."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        tab = browser.new_page(viewport=size, color_scheme="light")
        tab.goto(shown.as_uri())
        tab.wait_for_timeout(2000)  # plots are drawn by then
        picture = Image.open(io.BytesIO(tab.screenshot()))
        browser.close()
    picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE).save(file, optimize=True)


def main() -> None:
    """Run the search, then draw."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(HERE / "search.yaml", folder)
        printed = in_a_terminal([sys.executable, "-m", "gridloom", "run", "search.yaml"], folder)
        draw_console(printed, "gridloom run search.yaml", HERE / "console.svg")
        photograph(folder / "runs" / "pima" / "report.html", HERE / "report.png", REPORT)
        (folder / "editor.html").write_text(page(folder), "utf-8")
        photograph(folder / "editor.html", HERE / "editor.png", EDITOR)
    for picture in (HERE / "console.svg", HERE / "report.png", HERE / "editor.png"):
        print(f"{picture.name}: {picture.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
