"""Writing: plain data that is written reads back the same."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gridloom.experiment.yaml_document import read_file, read_text, write_text

LIKE_OTHER_THINGS = [
    "1e3",
    ".5",
    "08",
    "0x1F",
    "null",
    "~",
    "",
    "on",
    "true",
    "<<",
    "-",
    "a: b",
    "# x",
    "&a",
    "*a",
    "!t",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
PLAIN = st.recursive(
    SCALARS | st.sampled_from([*LIKE_OTHER_THINGS, "x\n", " x ", "\x85", "\ufeff", "\x7f", "---", "...", "|", "%"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(LIKE_OTHER_THINGS), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.dictionaries(st.text(max_size=5), PLAIN, min_size=1, max_size=4))
def test_plain_data_that_is_written_reads_back_the_same(content):
    assert repr(read_text(write_text(content), "x.yaml").plain()) == repr(content)


def test_the_published_experiments_are_plain_yaml():
    folder = Path(__file__).parents[2] / "experiments"
    assert {file.stem: read_file(file).plain()["name"] for file in folder.glob("*.yaml")} == {
        name: name
        for name in (
            "activation",
            "batch_size_and_epochs",
            "dropout",
            "learning_rate",
            "neurons",
            "optimizer",
            "weight_init",
        )
    }
