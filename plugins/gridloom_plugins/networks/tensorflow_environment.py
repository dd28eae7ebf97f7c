"""The variables under which TensorFlow is imported by all that trains or exports with it."""

from __future__ import annotations


def tensorflow_environment(threads: int = 1) -> dict[str, str]:
    """What TensorFlow reads when it is imported: Keras's backend, bounded threads, no GPU, no chatter."""
    return {
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
