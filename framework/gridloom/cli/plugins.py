"""`gridloom plugins`: what is installed, what it provides, and how to write it in YAML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridloom.cli import completion
from gridloom.cli.common import NoPlugins, Plugins, guarded, say
from gridloom.errors import UnknownName, nearest

if TYPE_CHECKING:
    from gridloom.registry.plugin_info import PluginInfo
    from gridloom.registry.record import Record
    from gridloom.registry.registry import Provided, Registry

MORE = "'gridloom plugins show NAME' prints the options of one of them, with lines to paste into an experiment."

app = typer.Typer(help="List plugins and what they provide.", invoke_without_command=True)


@app.callback()
@guarded
def plugins(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    extra: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """List every plugin: distribution, version, file, hooks, and the names that YAML can say."""
    if context.invoked_subcommand:
        return
    from gridloom.registry.registry import load_registry

    registry = load_registry(extra or (), no_plugins or ())
    if as_json:
        typer.echo(json.dumps([_describe(plugin, registry) for plugin in registry.plugins], indent=2))
        return
    say("\n\n".join([*(_lines(plugin, registry) for plugin in registry.plugins), *registry.choices, MORE]))


@app.command("show")
@guarded
def show(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            help="What a plugin provides: 'dropout', or 'plugin:dropout'.", autocompletion=completion.things
        ),
    ],
    extra: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Print the options with their defaults, the documentation, and lines to paste into an experiment."""
    from gridloom.registry.registry import load_registry

    before = context.parent.params if context.parent else {}
    extra = [*(before.get("extra") or ()), *(extra or ())]
    no_plugins = [*(before.get("no_plugins") or ()), *(no_plugins or ())]
    registry = load_registry(extra, no_plugins)
    matches = [item for item in registry.provided if name in (item.record.name, item.full_name)]
    if not matches:
        known = [item.full_name if ":" in name else item.record.name for item in registry.provided]
        raise UnknownName(f"no plugin provides '{name}'; {nearest(name, known)}{registry.remark}")
    say("\n\n".join(_thing(item, registry.shortest_name(item)) for item in matches))


def _describe(plugin: PluginInfo, registry: Registry) -> dict[str, Any]:
    provides: dict[str, list[dict[str, str]]] = {}
    for item in registry.provided:
        if item.plugin == plugin:
            entry = {"name": item.record.name, "summary": item.record.summary}
            provides.setdefault(item.record.kind, []).append(entry)
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "file": plugin.file,
        "hooks": list(plugin.hooks),
        "provides": provides,
        "broken": plugin.broken,
    }


def _lines(plugin: PluginInfo, registry: Registry) -> str:
    lines = [f"{plugin.name}  ({plugin.distribution} {plugin.version})", f"  {plugin.file}"]
    if plugin.broken:
        return "\n".join([*lines, f"  DISABLED: {plugin.broken}"])
    lines.append(f"  hooks: {', '.join(plugin.hooks)}")
    own = [item for item in registry.provided if item.plugin == plugin]
    names = [f"{item.record.kind} {registry.shortest_name(item):<20} {item.record.summary}" for item in own]
    return "\n".join([*lines, *(f"  {name}" for name in names)])


def _thing(item: Provided[Record], name: str) -> str:
    from gridloom.authoring.yaml_examples import example
    from gridloom.registry.descriptions import default_domains, default_in_words

    record, domains = item.record, default_domains(item.record)
    options = [f"  {option.name}: {option.type_name}; {default_in_words(option, domains)}" for option in record.options]
    documentation = record.documentation if record.documentation != record.summary else ""
    parts = [
        f"{record.kind} '{record.name}' of the plugin {item.plugin}",
        record.summary,
        "\n".join(options),
        documentation,
        f"In an experiment:\n\n{example(record, name)}",
    ]
    return "\n\n".join(part.rstrip() for part in parts if part)
