"""What users read is plain English, with one name for each concept."""

from __future__ import annotations

import pytest

from surface.words import PHRASES, ROOT, Text, files, findings, texts

SAID = {
    "The run is gone on with.": ["resumed"],
    "23 of 50 candidates cannot be told from the best": ["is statistically tied with"],
    "every mistake is told with its\nline and column": ["is reported, is printed, gets"],
    "a plugin that was set aside": ["disabled"],
    "write 'r2', or leave 'scoring' out": ["disable, exclude, remove, omit"],
    "number from 0 below 1": ["0 <= x < 1"],
    "Gaussian noise after the hidden layers, in training": [],
    "as leave-one-out does, or to leave one row out": [],
    "what is left to work out": [],
    "they told us": [],
}


@pytest.mark.parametrize("content", SAID)
def test_a_phrase_is_found_with_what_to_say_instead(content):
    assert [found.partition("; say: ")[2] for found in findings(Text(1, content))] == SAID[content]


def test_literals_are_read_as_python_joins_them_and_comments_are_not(tmp_path):
    source = tmp_path / "messages.py"
    source.write_text('"""Reckoned."""\n\n# reckoned\nx = f"a plugin {1} that was set "\\\n    "aside"\n')
    found = [finding for text in texts(source) for finding in findings(text)]
    assert found == [
        "1: 'Reckoned'; say: calculated",
        "4: 'set aside'; say: disabled",
    ]


def test_what_users_read_is_looked_at():
    names = {path.relative_to(ROOT).as_posix() for path in files()}
    assert {"README.md", "CHANGELOG.md", "docs/tutorial.md", "framework/gridloom/cli/common.py"} <= names
    assert {
        "plugins/gridloom_plugins/html/page/report.html",
        "plugins/gridloom_plugins/reporters/results.schema.json",
    } <= names
    assert any(name.startswith("framework/gridloom/authoring/templates/") for name in names)
    assert len(PHRASES) > 15


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_users_read_the_words_of_the_field(path):
    found = [finding for text in texts(path) for finding in findings(text)]
    if found:
        place = path.relative_to(ROOT)
        pytest.fail("\n".join(f"{place}:{finding}" for finding in found), pytrace=False)
