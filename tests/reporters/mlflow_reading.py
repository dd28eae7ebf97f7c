"""Reports a pickled result by the reporter `mlflow` so many times, and prints what MLflow's client reads back as JSON.

A program of its own, since MLflow's use of SQLAlchemy warns of what will be removed there, and leaves connections open.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

from mlflow import MlflowClient

from gridloom_plugins.reporters import mlflow

result = pickle.loads(Path(sys.argv[1]).read_bytes())
times, uri = int(sys.argv[2]), sys.argv[3]
for _ in range(times):
    mlflow.report(result, uri=uri)

client = MlflowClient(uri or f"sqlite:///{result.folder}/mlflow.sqlite")
(experiment,) = [item for item in client.search_experiments() if item.name == result.name]
runs = [
    {
        "id": run.info.run_id,
        "name": run.info.run_name,
        "parent": run.data.tags.get("mlflow.parentRunId"),
        "status": run.info.status,
        "span": (run.info.start_time, run.info.end_time),
        "params": run.data.params,
        "tags": run.data.tags,
        "metrics": {
            name: [[item.step, item.value] for item in client.get_metric_history(run.info.run_id, name)]
            for name in run.data.metrics
        },
        "artifacts": {
            item.path: Path(client.download_artifacts(run.info.run_id, item.path)).read_text("utf-8")
            for item in client.list_artifacts(run.info.run_id)
        },
    }
    for run in client.search_runs([experiment.experiment_id], max_results=1000)
]
print(json.dumps({"artifacts": experiment.artifact_location, "tags": experiment.tags, "runs": runs}))
