"""The page itself: every section from a result, put into the templates in `page/`."""

from __future__ import annotations

from importlib.resources import files

from gridloom import Result
from gridloom_plugins.figures.parallel import GROUPS
from gridloom_plugins.figures.texts import percent
from gridloom_plugins.html.curves import curves_section
from gridloom_plugins.html.effects import SHOWN as EFFECTS_SHOWN
from gridloom_plugins.html.effects import effect_plots
from gridloom_plugins.html.embedding import Raw, policy
from gridloom_plugins.html.facts import experiment_yaml, lead, origins, outcome, readings
from gridloom_plugins.html.failures import SHOWN as FAILURES_SHOWN
from gridloom_plugins.html.failures import failures
from gridloom_plugins.html.folds import folds
from gridloom_plugins.html.fronts import trade_offs
from gridloom_plugins.html.history import history_plot
from gridloom_plugins.html.library import library
from gridloom_plugins.html.other_scores import other_scores
from gridloom_plugins.html.out_of_fold import out_of_fold_section
from gridloom_plugins.html.pairs import pair_plots
from gridloom_plugins.html.parallel import parallel_plot
from gridloom_plugins.html.published import agreement, published_plot
from gridloom_plugins.html.ranking import ranking_plot
from gridloom_plugins.html.search import search_section
from gridloom_plugins.html.table import table

HEAD_SCRIPT = "theme.js"
"""Runs before anything is seen, so that the page never flashes in the other theme."""

SCRIPTS = ("plots.js", "table.js")


def render(result: Result) -> str:
    """The whole page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gridloom_plugins.html", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    head, *body = map(_file, (HEAD_SCRIPT, *SCRIPTS))
    answer = result.summary.answer
    pairs, pairs_note = pair_plots(result)
    errors = failures(result)
    effects = answer.effects.parameters if answer and answer.effects else ()
    importances = answer.effects.importances if answer and answer.effects else None
    return environment.get_template("report.html").render(
        policy=policy([head, *body, library().code]),
        style=Raw(_file("page.css")),
        head_script=Raw(head),
        scripts=[Raw(script) for script in body],
        library=library().packed,
        result=result,
        level=f"{100 * result.summary.level:g}\u00a0%",
        lead=lead(result),
        outcome=list(outcome(result, answer)),
        readings=readings(result),
        question=answer.scope if answer else "",
        history=history_plot(result),
        ranking=ranking_plot(result),
        parallel=parallel_plot(result),
        groups=[name for name, _ in GROUPS],
        others=other_scores(result),
        effects=effect_plots(result),
        effects_left=max(0, len(effects) - EFFECTS_SHOWN),
        explained=percent(max(0.0, importances.explained)) if importances else "",
        is_full_grid=bool(answer and answer.effects and answer.effects.shares is not None),
        pairs=pairs,
        pairs_note=pairs_note,
        predictions=out_of_fold_section(result),
        curves=curves_section(result),
        search=search_section(result),
        trade_offs=trade_offs(result),
        folds=folds(result),
        published=published_plot(result),
        agreement=agreement(result),
        failures=errors[:FAILURES_SHOWN],
        failures_left=max(0, len(errors) - FAILURES_SHOWN),
        table=table(result, answer),
        experiment=experiment_yaml(result),
        origins=list(origins(result)),
    )


def _file(name: str) -> str:
    return files("gridloom_plugins.html").joinpath("page", name).read_text(encoding="utf-8")
