"""Gridloom searches hyperparameters of Keras models, as YAML experiments made of plugins.

Everything in `__all__` is public: what plugin authors need, and `run` for use from Python. Names are imported on first
access, so that the command line starts quickly and can answer Ctrl-C before heavy imports.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from gridloom.public import *  # noqa: F403
    from gridloom.public import __all__ as __all__
else:

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        public = import_module("gridloom.public")
        globals().update({known: getattr(public, known) for known in public.__all__}, __all__=public.__all__)
        try:
            return globals()[name]
        except KeyError:
            raise AttributeError(f"module 'gridloom' has no attribute {name!r}", name=name) from None

    def __dir__() -> list[str]:
        __getattr__("__all__")
        return sorted(globals())
