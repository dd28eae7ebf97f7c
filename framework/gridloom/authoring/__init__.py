"""For those who write experiments and plugins: new files, the JSON Schema, examples of YAML."""
