"""`published:` names a file of others' scores, whose every problem is located in the file itself."""

from __future__ import annotations

import pytest

from binding.texts import NETWORK, with_line
from gridloom import Candidate
from gridloom.errors import InvalidInput
from gridloom.experiment.bind import read_experiment

SCORES = """\
experiment,parameters,mean_accuracy
small,"{""neurons"": 1}",0.70
small,"{""neurons"": 5.0}",0.7125
other,"{""neurons"": 1}",0.5
"""
PUBLISHED = with_line("published: scores.csv")


def candidate(neurons):
    return Candidate({"neurons": {"neurons": neurons}})


@pytest.fixture
def scores(tmp_path):
    def write(text):
        (tmp_path / "scores.csv").write_text(text, encoding="utf-8")

    write(SCORES)
    return write


@pytest.fixture
def problems(read, scores, tmp_path):
    """The problems of an experiment whose file of published scores has this content."""

    def problems(text, line="published: scores.csv"):
        scores(text)
        with pytest.raises(InvalidInput) as caught:
            read(with_line(line))
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return problems


# What is read


def test_the_rows_of_the_experiments_name_are_its_scores(read, scores):
    published = read(PUBLISHED).published
    assert [published.of(candidate(neurons)) for neurons in (1, 5, 7)] == [0.7, 0.7125, None]
    assert (published.experiment, published.decimals, len(published.scores)) == ("small", 4, 2)


def test_a_mapping_names_the_experiment_of_the_file(read, scores):
    published = read(with_line("published: {file: scores.csv, experiment: other}")).published
    assert (published.of(candidate(1)), published.of(candidate(5))) == (0.5, None)


def test_a_setting_names_it_as_well(read, scores):
    assert read(PUBLISHED, "published.experiment=other").published.of(candidate(1)) == 0.5


def test_a_file_without_experiments_is_all_of_this_one(read, scores):
    scores('score,parameters,note\n1e-1,"{""neurons"": 1}",\n-2,"{""neurons"": 2}",x\n')
    published = read(PUBLISHED).published
    assert [published.of(candidate(neurons)) for neurons in (1, 2, 5)] == [0.1, -2, None]
    assert published.experiment is None


def test_true_is_not_one(read, scores):
    scores('score,parameters\n1,"{""neurons"": true}"\n')
    assert read(PUBLISHED).published.of(candidate(1)) is None


def test_an_experiment_without_the_key_has_none(read):
    experiment = read(NETWORK)
    assert experiment.published is None
    assert experiment.resolved["published"] is None


def test_the_resolved_experiment_names_the_file_wherever_it_is_kept(read, scores, registry, tmp_path):
    resolved = read(PUBLISHED).resolved["published"]
    assert resolved == {"file": str(tmp_path / "scores.csv"), "experiment": "small"}


def test_check_counts_the_scores_and_the_candidates_that_have_one(gridloom, scores, tmp_path):
    scores(SCORES.replace("5.0", "6"))
    (tmp_path / "small.yaml").write_text(PUBLISHED)
    done = gridloom("check", "small.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "  published   2 scores in scores.csv, for 1 of 2 candidates"


# What is refused


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("published: ►5", "should be a mapping or text, not 5"),
        ("published: {file: scores.csv, ►experimant: x}", "unknown option 'experimant'; did you mean 'experiment'?"),
        ("published: {file: scores.csv, experiment: ►[x]}", 'should be text, not ["x"]'),
        ("published: ►{experiment: x}", "option 'file' (text) is missing"),
        ("published: {file: scores.csv, experiment: ►smal}", "scores.csv has no scores of an experiment 'smal'; did you mean 'small'?"),
        ("published: {file: scores.csv, experiment: ►zzz}", "scores.csv has no scores of an experiment 'zzz'; known: other, small"),
    ],
)  # fmt: skip
def test_what_the_experiment_says_is_located_there(refused, scores, line, message):
    refused(with_line(line), message)


def test_a_file_that_is_not_there_is_refused(refused, tmp_path):
    refused(with_line("published: ►none.csv"), "there is no file none.csv")


def test_a_file_that_has_no_scores_of_this_name_lists_those_it_has(problems):
    assert problems(SCORES.replace("small,", "article,")) == [
        "small.yaml:8:12: scores.csv has no scores of an experiment 'small'; known: article, other"
    ]


def test_a_file_without_experiments_cannot_be_asked_for_one(problems):
    text = 'score,parameters\n1,"{""neurons"": 1}"\n'
    assert problems(text, "published: {file: scores.csv, experiment: x}") == [
        "small.yaml:8:43: scores.csv has no column 'experiment'; remove 'experiment'"
    ]


def test_all_wrong_cells_are_told_at_once_with_line_and_column(problems):
    text = """\
parameters,score
{},high
[1],1
"{""a"": 1, ""a"": 2}",1_0
"{""neurons"": NaN}",nan
"{""neurons"": 1}",0.5
 "{""neurons"": 1.0}" , 0.5
"{""neurons"": 1.0}",1e999
,
"""
    text = text.replace(' "{""neurons"": 1.0}" , 0.5\n', '"{""neurons"": 1.0}", 0.5\n')
    assert problems(text) == [
        "scores.csv:2:4: column 'score': 'high' is not a finite number",
        "scores.csv:3:1: column 'parameters': '[1]' is not a JSON object of parameters",
        "scores.csv:4:1: column 'parameters': '{\"a\": 1, \"a\": 2}' is not a JSON object of parameters",
        "scores.csv:4:24: column 'score': '1_0' is not a finite number",
        "scores.csv:5:1: column 'parameters': '{\"neurons\": NaN}' is not a JSON object of parameters",
        "scores.csv:5:22: column 'score': 'nan' is not a finite number",
        "scores.csv:7:1: column 'parameters': line 6 already has a score of this candidate",
        "scores.csv:8:1: column 'parameters': line 6 already has a score of this candidate",
        "scores.csv:8:22: column 'score': '1e999' is not a finite number",
        "scores.csv:9:1: column 'parameters': '' is not a JSON object of parameters",
        "scores.csv:9:2: column 'score': '' is not a finite number",
    ]


def test_parameters_nested_too_deep_are_refused(problems):
    (problem,) = problems(f"parameters,score\n{'[' * 100_000},1\n")
    assert problem.startswith("scores.csv:2:1: column 'parameters': '[[[")


def test_a_score_that_no_model_can_have_is_located_in_the_file(problems):
    text = (
        SCORES.replace("0.70", "70.0").replace("0.7125", "-0.7").replace("other", "small").replace('1}",0.5', '7}",1')
    )
    assert problems(text) == [
        "scores.csv:2:26: column 'mean_accuracy': 70.0 is above 1, the best possible score; write a percentage as a share of 1",
        "scores.csv:3:28: column 'mean_accuracy': -0.7 is not an accuracy",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scoring", "score", "message"),
    [
        ("r2", "97", "97 is above 1, the best possible score; write a percentage as a share of 1"),
        ("neg_mean_squared_error", "12.5", "12.5 is above 0, the best possible score; errors are negated"),
    ],
)
def test_the_best_score_there_can_be_is_that_of_the_scorer(problems, scoring, score, message):
    text = f'parameters,score\n"{{""neurons"": 1}}",{score}\n'
    line = f"scoring: {scoring}\npublished: scores.csv"
    assert problems(text, line) == [f"scores.csv:2:20: column 'score': {message}"]


@pytest.mark.parametrize(
    ("scoring", "score"), [("positive_likelihood_ratio", "97"), ("r2", "-97"), ("neg_log_loss", "-97")]
)
def test_other_scores_may_be_as_high_or_as_low_as_they_like(read, scores, scoring, score):
    scores(f'parameters,score\n"{{""neurons"": 1}}",{score}\n')
    published = read(with_line(f"scoring: {scoring}\npublished: scores.csv")).published
    assert published.of(candidate(1)) == float(score)


def test_a_parameter_that_the_search_has_not_is_answered_with_the_nearest(problems):
    text = SCORES + 'small,"{""neuron"": 7, ""rate"": 1}",0.5\nother,"{""rate"": 1}",97\n'
    assert problems(text) == [
        "scores.csv:5:7: column 'parameters': unknown parameter 'neuron'; did you mean 'neurons'?",
        "scores.csv:5:7: column 'parameters': unknown parameter 'rate'; known: neurons",
    ]


def test_parameters_are_not_compared_with_a_search_that_is_wrong_itself(read, scores):
    with pytest.raises(InvalidInput) as caught:
        read(PUBLISHED.replace("[1, 5]", "[0]"))
    assert [problem.location.line for problem in caught.value.problems] == [7]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: the file is empty; it needs a header and rows"),
        ("parameters,score\n", "2:1: there are no rows below the header"),
        ("score\n1\n", "1:1: there is no column 'parameters'; the header has: score"),
        ("parameters,mean\n{},1\n", "1:1: there is no column 'mean_accuracy' or 'score'; the header has: parameters, mean"),
        ("parameters,score,mean_accuracy\n{},1,1\n", "1:12: the column 'mean_accuracy' already has scores; remove one of the two"),
        ("parameters,score,score\n{},1,1\n", "1:1: the header names the column 'score' twice"),
        ("parameters,score\n{},1,2\n", "2:1: this row has 3 cells, but the header has 2"),
    ],
)  # fmt: skip
def test_a_table_of_another_shape_is_refused(problems, text, message):
    assert problems(text) == [f"scores.csv:{message}"]


def test_problems_of_the_file_are_told_together_with_the_experiments(read, scores):
    scores("parameters,score\n{},x\n")
    with pytest.raises(InvalidInput) as caught:
        read(PUBLISHED + "sead: 3\n")
    assert [problem.location.line for problem in caught.value.problems] == [2, 9]


def test_accuracies_stand_beside_accuracies_alone(problems):
    line = "scoring: f1_macro\npublished: scores.csv"
    assert problems(SCORES, line) == [
        "small.yaml:9:12: the column 'mean_accuracy' contains accuracies, but this experiment is scored by 'f1_macro'"
    ]


def test_other_scores_are_of_whatever_the_experiment_scores_by(read, scores):
    scores(SCORES.replace("mean_accuracy", "score"))
    assert read(with_line("scoring: f1_macro\npublished: scores.csv")).published.column == "score"


def test_the_experiment_of_a_run_is_read_again_from_another_folder(read, scores, registry, tmp_path):
    from gridloom.experiment.yaml_document import write_text

    (tmp_path / "run").mkdir()
    kept = tmp_path / "run" / "experiment.yaml"
    kept.write_text(write_text(read(PUBLISHED).resolved))
    assert read_experiment(kept, registry).published == read(PUBLISHED).published
