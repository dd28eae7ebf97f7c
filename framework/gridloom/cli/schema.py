"""`gridloom schema`: the JSON Schema of experiment files, for editors."""

from __future__ import annotations

from pathlib import Path

import typer

from gridloom.cli.common import NoPlugins, Plugins, guarded


@guarded
def schema(plugins: Plugins = None, no_plugins: NoPlugins = None) -> None:
    """Print the JSON Schema of experiments: everything that plugins and gridloom.toml let YAML say.

    An editor with a YAML language server completes and checks experiments that name the schema in their first line:
    `gridloom schema > gridloom.schema.json`, then `# yaml-language-server: $schema=gridloom.schema.json`.
    """
    from gridloom.authoring.schema import text_of
    from gridloom.experiment.settings_files import read_settings
    from gridloom.registry.registry import load_registry

    named = read_settings(Path.cwd()).meant
    typer.echo(text_of(load_registry(plugins or (), no_plugins or ()), named), nl=False)
