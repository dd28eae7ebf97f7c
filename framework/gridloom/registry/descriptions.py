"""The description of a thing and its options, for `gridloom plugins show` and for editors with the JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping

from gridloom.core.domains import Domain
from gridloom.registry.option import Option
from gridloom.registry.options import Options
from gridloom.registry.record import Record
from gridloom.registry.records import Family, ModelBuilder


def default_domains(record: Record) -> Mapping[str, Domain]:
    """What a family or a model builder tries by default, by parameter; empty for other things."""
    if isinstance(record, ModelBuilder):
        return record.domains
    return {parameter.name: parameter.default for parameter in record.parameters} if isinstance(record, Family) else {}


def default_in_words(option: Option, domains: Mapping[str, Domain] | None = None) -> str:
    """The default of an option, or what `default` tries if it has a domain."""
    if domains and option.name in domains:
        return f"tries by default {_tried(domains[option.name])}"
    return "required" if option.is_required else f"default {json.dumps(option.default, default=str)}"


def text_about(record: Record) -> str:
    """The summary, and the documentation if that says more, with paragraphs on a line each."""
    paragraphs = [_one_line(part) for part in record.documentation.split("\n\n")]
    return "\n\n".join(dict.fromkeys([record.summary, *paragraphs]))


def text_about_option(options: Options, option: Option, domains: Mapping[str, Domain] | None = None) -> str:
    """What the docstring says of an option, its type unless that is a list of names, and its default."""
    is_list = "enum" in json.dumps(option.json_schema)
    facts = [*([] if is_list else [option.type_name]), default_in_words(option, domains)]
    return "\n\n".join(filter(None, [options.about(option.name), "; ".join(facts)]))


def _one_line(paragraph: str) -> str:
    """The paragraph without line breaks, unless its lines are indented, as those of an example or a list are."""
    lines = paragraph.splitlines()
    return paragraph if any(line[:1] in " -*>" for line in lines) else " ".join(lines)


def _tried(domain: Domain) -> str:
    try:
        return json.dumps(list(domain.values()), default=str)
    except ValueError:
        return str(domain)
