"""`gridloom new experiment --data`: the file decides on the experiment, which `check` accepts and `run` runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

ROWS = 120


@pytest.fixture
def churn():
    """A table of customers of all kinds, of whom a quarter leave."""
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "customer_id": [f"C{row:04}" for row in range(ROWS)],
            "age": np.where(rng.random(ROWS) < 0.1, np.nan, rng.integers(18, 80, ROWS)),
            "plan": rng.choice(["basic", "plus", "pro"], ROWS),
            "active": rng.choice(["yes", "no"], ROWS),
            "since": pd.to_datetime(rng.integers(18_000, 20_000, ROWS), unit="D"),
            "note": [f"{word} {row}" for row, word in enumerate(rng.choice(["late", "early", "never"], ROWS))],
            "churned": np.where(np.arange(ROWS) % 4, "no", "yes"),
            "visits": rng.integers(0, 50, ROWS),
        }
    )


@pytest.fixture
def new(gridloom, tmp_path):
    """Have an experiment written for a file of this text or table, check it, and return what it says and its text."""

    def new(content, *arguments, file="mine.csv"):
        path = tmp_path / file
        if isinstance(content, pd.DataFrame):
            content.to_csv(path, index=False) if file.endswith("csv") else content.to_parquet(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = gridloom("new", "experiment", "--data", file, *arguments)
        assert done.returncode == 0, done.stderr
        (written,) = tmp_path.glob("*.yaml")
        checked = gridloom("check", written.name)
        assert checked.returncode == 0, checked.stderr
        text = written.read_text("utf-8")
        written.unlink()
        return yaml.safe_load(text), text

    return new


@pytest.mark.parametrize("file", ["churn.csv", "churn.parquet"])
def test_the_columns_of_a_file_decide_on_the_experiment(new, churn, file):
    said, text = new(churn, file=file)
    assert said["name"] == "churn"
    own = {"delimiter": ","} if file.endswith("csv") else {}
    name = file.rpartition(".")[2]
    assert said["dataset"] == {
        "name": name,
        "path": file,
        **own,
        "target": "churned",
        "drop": ["customer_id"],
        "positive": "yes",
    }
    assert said["preprocess"] == ["impute", "one_hot", {"name": "text_vectors", "max_words": 300}, "standardize"]
    assert said["validation"] == {"method": "stratified_kfold", "folds": 5}
    assert said["scoring"] == "roc_auc"
    assert said["model"] == {"name": "mlp"}
    assert said["training"] == {
        "epochs": 200,
        "batch_size": 32,
        "validation": 0.2,
        "callbacks": [{"name": "early_stopping", "patience": 10, "restore_best_weights": True}],
    }
    assert "target: churned  # guessed from its name" in text
    assert "drop: [customer_id]  # customer_id: an id" in text
    assert 'positive: "yes"  # the rarer class, 30 of 120 rows' in text


def test_what_is_written_runs(churn, gridloom, tmp_path):
    churn.to_csv(tmp_path / "churn.csv", index=False)
    assert gridloom("new", "experiment", "--data", "churn.csv").returncode == 0
    done = gridloom(
        *("run", "churn.yaml", "--set", "training.epochs=1", "--set", "validation.folds=2"),
        *("--set", "search.space={training: {learning_rate: [0.001, 0.003]}}", "--set", "refit=false"),
    )
    assert done.returncode == 0, done.stderr
    assert "Mean roc_auc" in done.stdout


def test_plain_numbers_are_standardized_and_scored_by_r2(new):
    rng = np.random.default_rng(1)
    said, text = new(pd.DataFrame(rng.normal(size=(30, 3)), columns=["a", "b", "c"]))
    assert said["preprocess"] == ["standardize"]
    assert (said["dataset"]["target"], said["scoring"]) == ("c", "r2")
    assert said["validation"] == {"method": "kfold", "folds": 5}
    assert "target: c  # the last column; name another one if this is wrong" in text
    assert (
        new(pd.DataFrame(rng.normal(size=(30, 3)), columns=["a", "b", "c"]), "--target", "a")[0]["dataset"]["target"]
        == "a"
    )


def test_a_target_that_a_network_would_not_reach_is_learned_by_a_forest(new):
    table = pd.DataFrame({"area": range(30), "price": np.arange(30) * 2_000.5})
    said, _ = new(table)
    assert (said["model"]["name"], said.get("training")) == ("random_forest", None)
    assert new(table / 60_000)[0]["model"]["name"] == "mlp"


@pytest.mark.parametrize("step", [1, -1])
def test_rows_that_are_sorted_by_date_are_validated_in_time(new, step):
    days = pd.date_range("2024-01-01", periods=30).strftime("%Y-%m-%d")[::step]
    said, _ = new(pd.DataFrame({"day": days, "load": range(100, 130), "shown": np.sin(np.arange(30.0))}))
    assert said["dataset"]["order"] == "day"
    assert said["validation"] == {"method": "time_series", "folds": 5}
    rare = ["u"] * 20 + ["v"] * 10  # no fold in time could train on v
    assert (
        new(pd.DataFrame({"day": days, "load": range(30), "y": rare}))[0]["validation"]["method"] == "stratified_kfold"
    )


@pytest.mark.parametrize(
    ("counts", "scoring", "folds"), [((20, 20, 19), "accuracy", 5), ((30, 10, 4), "balanced_accuracy", 4)]
)
def test_several_classes_are_scored_by_their_proportions(new, counts, scoring, folds):
    labels = [label for label, count in zip("uvw", counts, strict=True) for _ in range(count)]
    said, _ = new("a,label\n" + "".join(f"{row / 7},{label}\n" for row, label in enumerate(labels)))
    assert (said["scoring"], said["validation"]["folds"]) == (scoring, folds)
    assert "positive" not in said["dataset"]


def test_a_class_too_rare_to_hold_any_of_it_out_is_trained_without_early_stopping(new):
    said, _ = new("a,label\n" + "".join(f"{row / 7},{'u' if row > 1 else 'v'}\n" for row in range(30)))
    assert said["training"] == {"epochs": 50, "batch_size": 32}
    assert said["validation"]["folds"] == 2


def rows(line, number=24):
    """A text of lines, each made of its number and one of two classes."""
    return "".join(line(row, "uv"[row % 2]) + "\n" for row in range(number))


QUIRKS = {
    "decimal commas and Latin letters": (
        ("größe;farbe;y\n" + rows(lambda row, y: f"{row},5;{'rot' if row % 3 else 'blau'};{y}")).encode("cp1252"),
        {"encoding": "cp1252", "delimiter": ";", "decimal": ","},
    ),
    "no header": (rows(lambda row, y: f"{row / 3},{row}.5,{y}"), {"header": False, "target": "2"}),
    "texts among numbers": (
        "a,b,y\n" + rows(lambda row, y: f"{'n.a.' if row == 5 else row},{'' if row == 3 else 'NA' if row == 4 else row / 2},{y}"),
        {"missing": ["n.a.", "NA"]},
    ),
    "mixed categories": (
        "a,b,y\n" + rows(lambda row, y: f"{row % 4 if row % 7 else 'x' + str(row % 5)},{row / 2},{y}"),
        {"types": {"a": "category"}},
    ),
    "nothing to learn from": (
        ",when,empty,price_eur,b,y\n" + rows(lambda row, y: f"{row},0{row % 9 + 1}.02.2026,,€ {row},{row / 2},{y}"),
        {"drop": ["", "empty", "when", "price_eur"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "options"), QUIRKS.values(), ids=QUIRKS)
def test_quirks_of_a_file_are_written_down(new, content, options):
    said, _ = new(content)
    found = {name: sorted(value) if name == "drop" else value for name, value in said["dataset"].items()}
    expected = {name: sorted(value) if name == "drop" else value for name, value in options.items()}
    assert {name: found.get(name) for name in expected} == expected
    assert said["scoring"] == "roc_auc"


def test_a_category_of_many_values_has_the_rarer_ones_gathered(new):
    said, _ = new("city,y\n" + rows(lambda row, y: f"city {row % 35},{y}", 800))
    assert said["preprocess"] == [{"name": "one_hot", "max_categories": 30}]


def test_the_file_is_named_from_where_the_experiment_is(gridloom, tmp_path, churn):
    (tmp_path / "data").mkdir()
    (tmp_path / "experiments").mkdir()
    churn.to_csv(tmp_path / "data" / "my churn.csv", index=False)
    done = gridloom("new", "experiment", "--data", "data/my churn.csv", "--out", "experiments/first.yaml")
    assert done.returncode == 0, done.stderr
    said = yaml.safe_load((tmp_path / "experiments" / "first.yaml").read_text("utf-8"))
    assert (said["name"], said["dataset"]["path"]) == ("my-churn", "../data/my churn.csv")
    assert gridloom("check", "experiments/first.yaml").returncode == 0


ERRORS = {
    "a folder": (("--data", "."), ". is a folder; name a file. For a folder that has a subfolder of pictures for each class"),
    "no file": (["--data", "none.csv"], "there is no file none.csv"),
    "a file that nothing opens": (["--data", "mine.xlsx"], "no data set reads mine.xlsx; save it as a file that ends in one of .csv"),
    "arrays": (["--data", "mine.npz"], 'write \'gridloom new experiment --dataset "{name: arrays, path: mine.npz, X: X, y: y}" --model mlp\''),
    "a target that is not there": (["--data", "mine.csv", "--target", "z"], "there is no column 'z'; known: a, y"),
    "a data set besides": (["--data", "mine.csv", "--dataset", "iris"], "--data already decides what --dataset sets"),
    "a target alone": (["--target", "y"], "--target names a column of --data; name the file as well"),
    "a single row of a class": (["--data", "lone.csv"], "class 'w' has a single row"),
    "a missing target": (["--data", "gap.csv"], "gap.csv:3:3: column 'y': the cell is blank"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), ERRORS.values(), ids=ERRORS)
def test_what_cannot_be_written_is_told_in_a_sentence(gridloom, tmp_path, arguments, message):
    (tmp_path / "mine.csv").write_text("a,y\n1,u\n2,v\n3,u\n4,v\n")
    (tmp_path / "lone.csv").write_text("a,y\n1,u\n2,v\n3,u\n4,v\n5,w\n")
    (tmp_path / "gap.csv").write_text("a,y\n1,u\n2,\n3,u\n4,v\n5,v\n")
    (tmp_path / "mine.xlsx").write_bytes(b"PK")
    (tmp_path / "mine.npz").write_bytes(b"PK")
    done = gridloom("new", "experiment", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not [*tmp_path.glob("*.yaml")]


def test_another_strategy_can_be_given_for_a_file(gridloom, tmp_path):
    rows = [f"{number % 7},{number % 5},{'yes' if number % 7 > 3 else 'no'}" for number in range(60)]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,ill", *rows]))
    done = gridloom("new", "experiment", "--data", "mine.csv", "--strategy", "hyperband")
    assert done.returncode == 0, done.stderr
    assert "\nsearch:\n  strategy: hyperband\n" in (tmp_path / "mine.yaml").read_text()
