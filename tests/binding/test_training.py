"""What stands under `training:` beside the engine's settings, and what is searched of callbacks: see also tests/schema."""

from __future__ import annotations

import pytest

from binding.texts import ESTIMATOR, NETWORK, with_line, with_space
from gridloom import Callback

STOPPING = "training: {validation: 0.2, callbacks: [early_stopping]}\n"


@pytest.mark.parametrize(
    "training",
    [
        "{validation: 0.2}",
        "{epochs: 9, validation: test fold}",
        "{validation: 0.5, callbacks: [early_stopping]}",
        "{validation: 0.2, callbacks: [{name: early_stopping, patience: 5, monitor: val_accuracy}]}",
        "{callbacks: [{name: 'builtin-callbacks:early_stopping', monitor: loss}], epochs: 500}",
    ],
)
@pytest.mark.parametrize("base", [NETWORK, ESTIMATOR], ids=["network", "estimator"])
def test_a_training_can_be_watched_and_ended(training, base, read):
    if base is ESTIMATOR:
        training = training.replace("epochs: 9, ", "").replace(", epochs: 500", "")
    read(with_line(f"training: {training}", base))


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ("{validation: ►1.0}", "should be a share of the training rows (0 < x < 1), or 'test fold', not 1.0"),
        ("{validation: ►2}", "should be a share of the training rows (0 < x < 1), or 'test fold', not 2"),
        ("{validation: ►test}", "should be a share of the training rows (0 < x < 1), or 'test fold'"),
        ("{callbacks: ►[]}", "this list is empty; name a callback, or remove 'callbacks'"),
        ("{callbacks: ►early_stopping}", "write a list of callbacks, such as [early_stopping]"),
        ("{callbacks: ►{early_stopping: {patience: 3}}}", "write a list of callbacks, such as [{name: early_stopping, patience: 5}]"),
        ("{callbacks: ►5}", "should be a list, not 5"),
        ("{callbacks: [►early_stoping]}", "unknown callback 'early_stoping'; did you mean 'early_stopping'?"),
        ("{callbacks: [►{patience: 5}]}", "this callback has no 'name'; known: "),
        ("{validation: 0.2, callbacks: [early_stopping, ►early_stopping]}", "the callback 'early_stopping' is in this list twice"),
        ("{validation: 0.2, callbacks: [{name: early_stopping, patience: ►-1}]}", "should be greater than or equal to 0, not -1"),
        ("{validation: 0.2, callbacks: [{name: early_stopping, ►patients: 3}]}", "unknown option 'patients'; did you mean 'patience'?"),
        (
            "{callbacks: [►early_stopping]}",
            "'early_stopping' monitors 'val_loss', but no rows are held out; write 'validation: 0.2' under 'training:', or monitor 'loss'",
        ),
        (
            "{validation: test fold, callbacks: [{name: early_stopping, monitor: ►val_accuracy}]}",
            "'early_stopping' monitors 'val_accuracy', but decisions based on the test fold would inflate its score; write 'validation: 0.2' under 'training:', or monitor 'accuracy'",
        ),
        ("{►callback: [early_stopping]}", "unknown option 'callback'; did you mean 'callbacks'?"),
        ("{►patience: 3}", "unknown option 'patience'; it belongs under 'training: callbacks:'"),
        ("{►early_stopping: {patience: 3}}", "unknown option 'early_stopping'; it belongs under 'training: callbacks:'"),
        ("{►validation_split: 0.3}", "unknown option 'validation_split'; write 'validation: 0.3' to hold out some of the training rows of each fit"),
        ("{►validation_data: x}", "unknown option 'validation_data'; write 'validation: 0.2' to hold out some of the training rows of each fit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_where_it_stands(training, message, refused, registry):
    if message.endswith("known: "):
        message += ", ".join(sorted(item.record.name for item in registry.of_kind(Callback)))
    refused(with_line(f"training: {training}"), message)


def test_an_engine_without_settings_says_as_much_of_keras_words(refused):
    message = (
        "unknown option 'validation_split'; write 'validation: 0.2' to hold out some of the training rows of each fit"
    )
    refused(with_line("training: {►validation_split: 0.2}", ESTIMATOR), message)


def test_options_of_callbacks_are_searched(read):
    space = read(
        with_space("{callbacks: {early_stopping: {patience: [5, 20], min_delta: {low: 0, high: 1}}}}") + STOPPING
    ).space
    assert space.subspaces[0]["callbacks"].keys() == {"early_stopping.patience", "early_stopping.min_delta"}


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ("{callbacks: {►early_stoping: {patience: [1]}}}", "there is no callback 'early_stoping' under 'training:'; did you mean 'early_stopping'?"),
        ("{callbacks: {early_stopping: {►patients: [1]}}}", "unknown option 'patients'; did you mean 'patience'?"),
        ("{callbacks: {early_stopping: {patience: [1, ►-1]}}}", "should be greater than or equal to 0, not -1"),
        ("{callbacks: {early_stopping: ►[1]}}", "write a mapping of the callback's options to values to try, not [1]"),
        ("{callbacks: ►[early_stopping]}", "write a mapping of callbacks to options to try; known: early_stopping"),
    ],
)  # fmt: skip
def test_what_is_tried_of_callbacks_is_refused_where_it_stands(space, message, refused):
    refused(with_space(space) + STOPPING, message)


def test_what_is_tried_of_a_callback_that_the_experiment_does_not_have_is_refused(refused):
    message = "there are no 'callbacks:' under 'training:' with options to search"
    refused(with_space("{►callbacks: {early_stopping: {patience: [1]}}}"), message)


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ("{validation: 0.2, callbacks: [►early_stoping]}", "unknown callback 'early_stoping'; did you mean 'early_stopping'?"),
        ("{callbacks: [early_stopping], validation: ►20}", "should be a share of the training rows (0 < x < 1), or 'test fold', not 20"),
        ("{callbacks: [early_stopping], ►validation_split: 0.2}", "unknown option 'validation_split'; write 'validation: 0.2' to hold out some of the training rows of each fit"),
        ("{callbacks: [early_stopping], ►validaton: 0.2}", "unknown option 'validaton'; did you mean 'validation'?"),
    ],
)  # fmt: skip
def test_what_follows_from_a_mistake_is_not_reported_as_well(training, message, refused):
    refused(f"training: {training}\n" + with_space("{callbacks: {early_stopping: {patience: [1]}}}"), message)


def test_values_of_validation_rows_are_tried_only_where_there_are_some(refused):
    training = "training: {callbacks: [{name: early_stopping, monitor: loss}]}\n"
    refused(
        with_space("{callbacks: {early_stopping: {monitor: [loss, ►val_loss]}}}") + training,
        "'early_stopping' monitors 'val_loss', but no rows are held out; write 'validation: 0.2' under 'training:', "
        "or monitor 'loss'",
    )


@pytest.mark.parametrize(("limits", "most"), [("{parameters: 1e6}", 1_000_000), ("{parameters: 7}", 7)])
def test_models_can_be_limited(limits, most, read):
    experiment = read(with_space("{neurons: default}") + f"  limits: {limits}\n")
    assert experiment.limits == {"parameters": most}


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ("{parameters: ►0}", "should be a whole number, at least 1, not 0"),
        ("{parameters: ►1.5}", "should be a whole number, at least 1, not 1.5"),
        ("{parameters: 3, ►seconds: 7}", "unknown option 'seconds'; known: parameters"),
        ("►{}", "option 'parameters' (number >= 1) is missing"),
    ],
)
def test_a_limit_is_refused_where_it_stands(limits, message, refused):
    refused(with_space("{neurons: default}") + f"  limits: {limits}\n", message)


@pytest.mark.parametrize(
    ("training", "message"),
    [
        (
            "{validation: ►0.2}",
            "does not support validation rows; name another engine, or remove 'validation' from 'training'",
        ),
        ("{callbacks: ►[terminate_on_nan]}", "does not run callbacks; name another engine, or remove 'callbacks'"),
    ],
)
def test_check_tells_what_the_engine_does_not_do(training, message, gridloom, tmp_path):
    text = with_line(f"training: {training}", ESTIMATOR)
    (tmp_path / "x.yaml").write_text(text.replace("►", ""))
    done = gridloom("check", "x.yaml")
    line = text.splitlines()[-1]
    assert (
        done.stderr
        == f"gridloom: x.yaml:{len(text.splitlines())}:{line.index('►') + 1}: the engine 'sklearn' {message}\n"
    )


def test_check_tells_how_trainings_are_watched_and_ended(gridloom, tmp_path):
    (tmp_path / "x.yaml").write_text(with_space("{neurons: default}") + "  limits: {parameters: 1e6}\n" + STOPPING)
    training = "validated on 0.2 of the training rows; callbacks early_stopping; at most 1,000,000 parameters"
    assert f"  training    {training}\n" in gridloom("check", "x.yaml").stdout


def test_an_option_that_must_be_given_is_missing_once(refused):
    message = "option 'seconds' (number > 0) is missing"
    refused(with_line("training: {callbacks: [►time_limit]}"), message)
    refused(
        with_space("{callbacks: {time_limit: {seconds: [5, 9]}}}") + "training: {callbacks: [►time_limit]}\n", message
    )


WITHOUT_ROWS = (
    "the family 'early_stopping' monitors 'val_loss', but no rows are held out; write 'validation: 0.2' under "
    "'training:', or monitor 'loss'"
)


@pytest.mark.parametrize("tried", ["default", "{patience: [3, null]}", "{patience: [3], monitor: [loss, val_loss]}"])
def test_a_family_that_stops_early_needs_rows_held_out(tried, refused, read):
    refused(with_space(f"{{►early_stopping: {tried}}}"), WITHOUT_ROWS)
    read(with_space(f"{{early_stopping: {tried}}}") + "training: {validation: 0.2}\n")


@pytest.mark.parametrize("training", ["{epochs: 5}", "{callbacks: [{name: early_stopping, monitor: loss}]}"])
def test_a_family_that_stops_early_may_monitor_what_is_trained_on(training, read):
    monitored = "" if "callbacks" in training else ", monitor: [loss]"
    read(with_space(f"{{early_stopping: {{patience: [3]{monitored}}}}}") + f"training: {training}\n")
