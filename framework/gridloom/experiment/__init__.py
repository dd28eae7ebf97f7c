"""From YAML to an experiment: the document, its problems, and every name bound to what a plugin provides."""
