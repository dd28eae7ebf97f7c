"""Writes anew what is kept in the repository but made from the code: the reference, and the snapshot of what is public."""

from __future__ import annotations

from docs import reference
from surface import changes

if __name__ == "__main__":
    reference.update()
    changes.update()
