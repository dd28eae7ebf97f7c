"""Names of columns in an experiment that do not suit its file: each is reported where it stands in the experiment."""

from __future__ import annotations

import pytest

from gridloom import InvalidInput
from gridloom.experiment.bind import read_experiment

EXPERIMENT = """\
dataset: {options}
model: logistic_regression
search: {{space: {{model: {{C: [1.0]}}}}}}
"""

LACKING = {
    "{name: csv, path: people.csv, target: ►outcom}": ["there is no column 'outcom' in people.csv; did you mean 'outcome'?"],
    "{name: csv, path: people.csv, target: ►nothing}": ["there is no column 'nothing' in people.csv; known: age, city, outcome, when"],
    "{name: csv, path: people.csv, target: [age, ►outcom]}": ["there is no column 'outcom' in people.csv; did you mean 'outcome'?"],
    "{name: csv, path: people.csv, target: outcome, drop: [city, ►ages]}": ["there is no column 'ages' in people.csv; did you mean 'age'?"],
    "{name: csv, path: people.csv, target: ►Outcome, features: [age, ►citi]}": [
        "there is no column 'Outcome' in people.csv; did you mean 'outcome'?",
        "there is no column 'citi' in people.csv; did you mean 'city'?",
    ],
    "{name: csv, path: people.csv, target: outcome, types: {agee: ►category}}": ["there is no column 'agee' in people.csv; did you mean 'age'?"],
    "{name: csv, path: people.csv, target: outcome, groups: ►town}": ["there is no column 'town' in people.csv; known: age, city, outcome, when"],
    "{name: csv, path: people.csv, target: outcome, order: ►wen}": ["there is no column 'wen' in people.csv; did you mean 'when'?"],
}  # fmt: skip

SENSELESS = {
    "{name: csv, path: people.csv, target: outcome, features: [age, city, ►age]}": ["'age' is listed twice among the features"],
    "{name: csv, path: people.csv, target: outcome, features: [age], drop: ►[city]}": ["'features' and 'drop' both choose the features; use only one of them"],
    "{name: csv, path: people.csv, target: outcome, drop: [►outcome]}": ["the target 'outcome' is among the columns to drop"],
    "{name: csv, path: people.csv, target: outcome, features: [age, ►outcome]}": ["the target 'outcome' is among the features"],
    "{name: csv, path: people.csv, target: outcome, groups: ►outcome}": ["'outcome' is both the target and 'groups'"],
    "{name: csv, path: people.csv, target: outcome, groups: ►age, features: [age]}": ["'age' is among the features, but 'groups' cannot be one"],
    "{name: csv, path: people.csv, target: outcome, types: {outcome: ►category}}": ["'types' is for features, but 'outcome' is the target; use 'task' for it"],
    "{name: csv, path: people.csv, target: outcome, types: {age: ►category}, drop: [age]}": ["'types' gives a type for 'age', but this column is not a feature"],
    "{name: csv, path: people.csv, target: ►[outcome]}": ["'target: [outcome]' lists a single column; write 'target: outcome'"],
    "{name: csv, path: people.csv, target: ►[age, age]}": ["'age' is listed twice among the targets"],
}  # fmt: skip


@pytest.fixture
def told(registry, tmp_path):
    """Check that loading the data of these options is refused with these messages, one for each ►."""
    (tmp_path / "people.csv").write_text(
        "age,city,outcome,when\n" + "".join(f"{n},c{n},{n % 2},{n}\n" for n in range(30))
    )
    file = tmp_path / "people.yaml"

    def told(marked, messages):
        text = EXPERIMENT.format(options=marked)
        columns = [len("".join(text.split("►")[: place + 1])) + 1 for place in range(marked.count("►"))]
        file.write_text(text.replace("►", ""))
        with pytest.raises(InvalidInput) as caught:
            read_experiment(file, registry).load_data()
        expected = [f"{file}:1:{column}: {message}" for column, message in zip(columns, messages, strict=True)]
        assert str(caught.value).splitlines() == expected

    return told


@pytest.mark.parametrize("options", LACKING)
def test_a_column_that_does_not_exist_is_located_in_the_experiment(options, told):
    told(options, LACKING[options])


@pytest.mark.parametrize("options", SENSELESS)
def test_columns_that_make_no_sense_are_located_in_the_experiment(options, told):
    told(options, SENSELESS[options])


def test_a_setting_of_the_command_line_is_located_there(registry, tmp_path):
    (tmp_path / "people.csv").write_text("age,outcome\n1,2\n")
    file = tmp_path / "people.yaml"
    file.write_text(EXPERIMENT.format(options="{name: csv, path: people.csv, target: outcome}"))
    experiment = read_experiment(file, registry, settings=["dataset.target=outcom"])
    with pytest.raises(InvalidInput, match=r"^--set dataset.target=outcom: there is no column 'outcom' in people.csv"):
        experiment.load_data()


def test_another_delimiter_is_the_trouble_of_the_file(load, tmp_path):
    with pytest.raises(InvalidInput, match=r"data.csv:1:1: there is no column 'y'; the header is one cell"):
        load("a|y\n1|2\n", delimiter=";")


def test_of_many_columns_some_are_listed(load):
    names = [f"c{number}" for number in range(50)]
    content = f"{','.join(names)}\n{','.join('1' for _ in names)}\n"
    with pytest.raises(Exception, match=r"known: c0, c1, .*, c29 and 20 more$"):
        load(content, target="outcome")
