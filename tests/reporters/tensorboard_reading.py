"""Reads event files by TensorBoard's own EventAccumulator and HParams, and prints what they hold as JSON.

A program of its own, since TensorBoard imports TensorFlow to read files wherever that is installed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api_pb2, metadata


def plain(value):
    return getattr(value, value.WhichOneof("kind"))


def read(folder):
    """Scalars by tag as (step, value), and what HParams finds in the summary metadata."""
    events = EventAccumulator(str(folder))
    events.Reload()
    found = {"scalars": {t: [(e.step, e.value) for e in events.Scalars(t)] for t in events.Tags()["scalars"]}}
    contents = events.PluginTagToContent("hparams") if "hparams" in events._plugin_to_tag_to_content else {}
    for tag, content in contents.items():
        if tag == metadata.EXPERIMENT_TAG:
            experiment = metadata.parse_experiment_plugin_data(content)
            found["columns"] = {i.name: api_pb2.DataType.Name(i.type) for i in experiment.hparam_infos}
            found["metrics"] = {i.name.tag: i.display_name for i in experiment.metric_infos}
            found["description"] = experiment.description
        elif tag == metadata.SESSION_START_INFO_TAG:
            start = metadata.parse_session_start_info_plugin_data(content)
            found["group"] = start.group_name
            found["hparams"] = {name: plain(value) for name, value in start.hparams.items()}
        else:
            found["status"] = api_pb2.Status.Name(metadata.parse_session_end_info_plugin_data(content).status)
    return found


root = Path(sys.argv[1])
runs = {str(path.parent.relative_to(root)): read(path.parent) for path in sorted(root.rglob("*tfevents*"))}
print(json.dumps(runs))
