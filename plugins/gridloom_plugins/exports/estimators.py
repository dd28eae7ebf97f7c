"""scikit-learn estimators as ONNX, written by skl2onnx."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gridloom import Code, Exporter, GridloomError, StopRun, read_skops
from gridloom_plugins.exports.common import ONNX, check_same, require, tried_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


def write_onnx(path: Path, note: Mapping[str, Any], modules: Sequence[ModuleType], folder: Path) -> Code:
    """Write the estimator in a file to `model.onnx`, for float64 features where skl2onnx can, else for float32 ones.

    GridloomError for one that skl2onnx cannot convert, StopRun where what it makes predicts something else.
    """
    require("onnx", "skl2onnx", "onnxruntime")
    if note.get("labels"):
        raise GridloomError(
            "estimators of several labels cannot be exported as onnx; 'gridloom export --format script' can"
        )
    estimator = read_skops(path, modules)
    has_shares = bool(note["classes"]) and hasattr(estimator, "predict_proba")
    errors: list[Exception] = []
    for kind in ("float64", "float32"):
        try:
            _convert(estimator, kind, has_shares, folder)
        except Exception as error:
            errors.append(error)
        else:
            text = (_SHARES if has_shares else _VALUES).format(kind=kind)
            return Code(_LOAD + text, frozenset(("import onnxruntime",)))
    if isinstance(errors[-1], StopRun):
        raise errors[-1]
    reason = " ".join(str(errors[-1]).split())[:300]
    name = type(estimator).__name__
    raise GridloomError(f"skl2onnx cannot convert {name}: {type(errors[-1]).__name__}: {reason}") from errors[-1]


def _convert(estimator: Any, kind: str, has_shares: bool, folder: Path) -> None:
    """Write the estimator for features of this type, and try what was written."""
    import onnxruntime
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    tensor = {"float64": DoubleTensorType, "float32": FloatTensorType}[kind]
    options = {id(estimator): {"zipmap": False}} if has_shares else None
    inputs = [("X", tensor([None, int(estimator.n_features_in_)]))]
    content = convert_sklearn(estimator, initial_types=inputs, options=options).SerializeToString()
    (folder / ONNX).write_bytes(content)
    X = tried_rows((int(estimator.n_features_in_),)).astype(kind)
    session = onnxruntime.InferenceSession(folder / ONNX)
    expected = _predicted(estimator, X, has_shares)
    found = session.run(["probabilities"] if has_shares else None, {"X": X})[0]
    check_same(expected, found if has_shares else found.reshape(expected.shape), ONNX)


def _predicted(estimator: Any, X: NDArray[Any], has_shares: bool) -> Any:
    return estimator.predict_proba(X) if has_shares else estimator.predict(X)


_LOAD = f'''def load(folder):
    """The estimator in the folder."""
    return onnxruntime.InferenceSession(folder / "{ONNX}")


'''

_SHARES = '''def predict(model, X):
    """Probabilities of the classes, shape (rows, classes)."""
    return model.run(["probabilities"], {{"X": X.astype("{kind}")}})[0]
'''

_VALUES = '''def predict(model, X):
    """What the estimator predicts, shape (rows,), or (rows, targets) of several numbers."""
    found = model.run(None, {{"X": X.astype("{kind}")}})[0].reshape(len(X), -1)
    return found if found.shape[1] > 1 else found[:, 0]
'''

ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""That of workers of the engine `sklearn`."""

EXPORTS = (Exporter("onnx", write_onnx, ENVIRONMENT),)
