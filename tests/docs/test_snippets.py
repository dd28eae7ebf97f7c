"""README.md and the pages of docs/: everything in them that can be run or checked is."""

from __future__ import annotations

import textwrap

import pytest

from docs.snippets import ROOT, Reader, Wrong, blocks

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def page(path):
    slow = any(block.language == "slow" for block in blocks(path.read_text("utf-8")))
    name = str(path.relative_to(ROOT))
    return pytest.param(path, marks=[pytest.mark.slow] if slow else [], id=name)


@pytest.mark.parametrize("path", [page(path) for path in PAGES])
def test_a_reader_who_follows_the_page_sees_what_it_says(path, tmp_path):
    try:
        Reader(tmp_path).follow(path)
    except Wrong as wrong:
        pytest.fail(str(wrong), pytrace=False)


WRONG = {
    "fails": ("```python\n1 / 0\n```", "1: ends with 1, not 0, and prints\nTraceback"),
    "prints something else": ("```sh\necho 1\n```\n\n```text\n2\n```", "5: this was printed instead:\n1"),
    "prints other words": (
        "```sh\necho a 1\n```\n\n<!-- numbers vary -->\n```text\nb 2\n```",
        "6: this was printed instead:\na 1",
    ),
    "prints lines in another order": (
        "```sh\necho 1; echo 2\n```\n\n<!-- excerpt -->\n```text\n2\n1\n```",
        "6: '1' was not printed, but\n1\n2",
    ),
    "prints something else by another command": (
        "```sh\necho 1\n```\n\n<!-- same from: echo 2 -->",
        "5: this was printed instead:\n2",
    ),
    "shows what nothing printed": ("```text\n1\n```", "1: nothing was run that could have printed this"),
    "is no experiment": ("```yaml\ndataset: pimo\nmodel: mlp\n```", "unknown data set 'pimo'; did you mean 'pima'?"),
    "is no TOML": ("```toml\na = \n```", "1: this is no TOML: Invalid value"),
    "is a plugin that is disabled": (
        "```python\nimport gridloom\n\n@gridloom.hookimpl\ndef gridloom_family(): ...\n```",
        "there is no hook 'gridloom_family'",
    ),
    "is of an unknown language": ("```ruby\n1\n```", "1: a block of the language 'ruby' is neither run nor a file"),
    "is skipped without a reason": ("<!-- not run: slow -->\n```sh\nfalse\n```", "2: say why this block is not run"),
    "has an unknown remark": ("\n<!-- skip: no time for it -->\n```sh\nfalse\n```", "2: unknown remark <!-- skip: "),
    "fails where nobody sees it": ("<!-- run: false -->", "1: ends with 1, not 0, and prints"),
}


@pytest.mark.parametrize(("text", "complaint"), WRONG.values(), ids=WRONG.keys())
def test_a_block_is_found_out_that(text, complaint, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(text)
    with pytest.raises(Wrong) as caught:
        Reader(tmp_path).follow(path)
    assert complaint in str(caught.value)


def test_files_commands_outputs_and_remarks_work_together(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(
        textwrap.dedent(
            """
            ```python title="shout.py"
            print("HELLO 7")
            ```

            <!-- exit code 3 -->
            ```sh
            python shout.py; exit 3
            ```

            <!-- numbers vary -->
            ```text
            HELLO
            8
            ```

            <!-- run: echo one; echo two; echo three -->

            <!-- excerpt -->
            ```text
            one
            three
            ```

            <!-- run: cp shout.py said.py -->
            <!-- not run: it would have to be shouted -->
            ```ruby
            puts 1
            ```
            """
        )
    )
    Reader(tmp_path).follow(path)
    assert (tmp_path / "said.py").read_text() == 'print("HELLO 7")\n'
