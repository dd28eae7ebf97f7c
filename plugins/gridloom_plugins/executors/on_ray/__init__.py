"""The executor `ray`: tasks of a Ray cluster."""
