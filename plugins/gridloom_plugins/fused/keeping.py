"""`Kept` under the name by which `training` knows it."""

from gridloom_plugins.networks.keeping import Kept

__all__ = ["Kept"]
