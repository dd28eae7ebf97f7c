"""Settings of `--set`: they are put over the file, and wrong ones are located at the command line."""

from __future__ import annotations

from typing import Any

import pytest

from binding.texts import NETWORK, with_line, with_space
from gridloom.errors import InvalidInput


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("seed=3", ("seed",), 3),
        (" seed = 3", ("seed",), 3),
        ("training.epochs=10", ("training", "epochs"), 10),
        ("training={epochs: 10}", ("training", "epochs"), 10),
        ("model.hidden=[7, 8]", ("model", "hidden"), [7, 8]),
        ("search.space.neurons.neurons=[2]", ("search", "space", "neurons", "neurons"), [2]),
        ("dataset.sample=0.5", ("dataset", "sample"), 0.5),
        ("description=a=b", ("description",), "a=b"),
        ("model.max_norm=null", ("model", "max_norm"), None),
    ],
)
def test_a_setting_is_put_over_the_file(read, setting, path, value):
    resolved: Any = read(with_line("model: {name: mlp, max_norm: 3}"), setting).resolved
    for key in path:
        resolved = resolved[key]
    assert resolved == value


def test_a_setting_through_a_bare_name_keeps_the_name(read):
    model = read(NETWORK, "model.hidden=[7]", "model.activation=tanh").resolved["model"]
    assert (model["name"], model["hidden"], model["activation"]) == ("builtin-models:mlp", [7], "tanh")


@pytest.mark.parametrize(
    ("default", "setting", "tried"),
    [
        ("neurons: default", "neurons.neurons=[2]", {"neurons": [2]}),
        ("dropout: default", "dropout.dropout_rate=[0.1]", {"dropout_rate": [0.1], "weight_constraint": [1, 2, 3, 4, 5]}),
        ("dropout: {name: default}", "dropout.weight_constraint=[1]", {"weight_constraint": [1]}),
    ],
)  # fmt: skip
def test_a_setting_inside_the_default_of_a_family_leaves_its_other_values(read, default, setting, tried):
    resolved = read(with_space(f"{{{default}}}"), f"search.space.{setting}").resolved["search"]["space"]
    (found,) = resolved.values()
    assert {name: found[name] for name in tried} == tried


def test_a_wrong_setting_inside_the_default_of_a_family_is_the_only_mistake(read):
    with pytest.raises(InvalidInput) as caught:
        read(with_space("{neurons: default}"), "search.space.neurons.neurons=[0]")
    assert [problem.location.source for problem in caught.value.problems] == ["--set search.space.neurons.neurons=[0]"]


def test_the_last_of_equal_settings_counts(read):
    assert read(NETWORK, "seed=x", "seed=3").seed == 3


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("seed=x", '--set seed=x: should be a whole number, not "x"'),
        ("sead=1", "--set sead=1: unknown option 'sead'; did you mean 'seed' or 'search'?"),
        ("dataset=irs", "--set dataset=irs: unknown data set 'irs'; did you mean 'iris'?"),
        ("model.dropout=1.5", "--set model.dropout=1.5: should be less than 1, not 1.5"),
        ("model.hiden=[1]", "--set model.hiden=[1]: unknown option 'hiden'; did you mean 'hidden'?"),
        (
            "model={name: mlp, hidden: [0]}",
            "--set model={name: mlp, hidden: [0]}:1:22: should be greater than or equal to 1, not 0",
        ),
        ("seed", "--set seed: write KEY=VALUE, such as training.epochs=10"),
        ("=3", "--set =3: write KEY=VALUE, such as training.epochs=10"),
        ("a..b=3", "--set a..b=3: write KEY=VALUE, such as training.epochs=10"),
        ("seed=&a 1", "--set seed=&a 1:1:1: anchors (&a) are not supported; write the value out"),
        (
            "search.space.neurons.neurons.0=5",
            "--set search.space.neurons.neurons.0=5: '0' cannot be set inside the value at small.yaml:7:24",
        ),
    ],
)
def test_a_wrong_setting_is_located_at_the_option_of_the_command_line(read, tmp_path, setting, message):
    with pytest.raises(InvalidInput) as caught:
        read(NETWORK, setting)
    assert str(caught.value).replace(f"{tmp_path}/", "") == message


def test_settings_and_file_are_told_about_together(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(NETWORK.replace("iris", "irsi"), "seed=x", "sead=1")
    assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
        "--set sead=1: unknown option 'sead'; did you mean 'seed' or 'search'?",
        '--set seed=x: should be a whole number, not "x"',
        "small.yaml:2:10: unknown data set 'irsi'; did you mean 'iris'?",
    ]


def test_a_setting_that_breaks_another_part_of_the_file_is_told_there(read, tmp_path):
    with pytest.raises(InvalidInput) as caught:
        read(NETWORK, "model=logistic_regression")
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith("small.yaml:7:5: family 'neurons' edits networks")


def test_a_setting_without_a_value_is_not_called_an_empty_file(read):
    with pytest.raises(InvalidInput, match=r"^--set seed=") as caught:
        read(NETWORK, "seed=")
    assert "file" not in str(caught.value)


def test_a_setting_nested_beyond_reason_is_refused(read):
    with pytest.raises(InvalidInput, match=r"^--set a\.a\.a"):
        read(NETWORK, "a." * 3000 + "b=1")
