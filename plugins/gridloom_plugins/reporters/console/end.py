"""What the console prints at the end of a run: the verdict first, then the best candidates, then the rest."""

from __future__ import annotations

from collections.abc import Iterator

from gridloom import Result
from gridloom_plugins.figures.candidates import failed_candidates
from gridloom_plugins.figures.fronts import front_line
from gridloom_plugins.figures.hints import training_hints
from gridloom_plugins.figures.other_scores import line_of, positive_line
from gridloom_plugins.figures.texts import one_line
from gridloom_plugins.reporters.console.lists import article_lines, best_lines
from gridloom_plugins.reporters.console.printing import say, wrapped
from gridloom_plugins.reporters.console.tables import elsewhere, waves

SENTENCE_WIDTH = 1000
"""How many characters of a sentence are shown in which texts of others may stand."""

NAME_INDENT = 4
"""How far a line of a candidate is indented where it goes on."""


def report(result: Result, *, all: bool = False) -> None:  # noqa: A002  (the option's name in YAML)
    """Print the verdict, the next step, the baseline and the ten best candidates: mean and standard deviation of their scores.

    With `all`, every finished candidate is printed in order, under the line "Best: ... using ...", as in the article whose
    experiments come with Gridloom. Candidates that are statistically tied with the best are marked with `=`.

    What follows is printed where there is some: how many candidates failed; the waves of a search with their budgets, fits
    and epochs; workers on other machines; the Pareto front and a line for each score that does not rank; nested
    cross-validation; rows held out; published scores; and a hint where the validation loss of the best candidate still
    falls at the end, or rose before.
    """
    for sentence in _verdict(result):
        say(wrapped(sentence))
    say("")
    for line in article_lines(result) if all else best_lines(result):
        say(line if all else wrapped(line, NAME_INDENT))
    for line in _counts(result):
        say(line)
    for sentence in _notes(result):
        say(wrapped(sentence))


def _verdict(result: Result) -> Iterator[str]:
    """The verdict, the next step and the baseline."""
    lines = (result.summary.sentence, result.summary.next_step, result.baseline_sentence, positive_line(result))
    yield from filter(None, lines)


def _counts(result: Result) -> Iterator[str]:
    """How many candidates failed, and the tables of waves and workers."""
    failures = failed_candidates(result)
    if failures and result.best:
        yield f"{failures:,} of {len(result.candidates):,} candidates failed; 'gridloom show {result.folder}' prints why"
    yield from waves(result)
    if result.stopped:
        yield f"The search was ended by a limit: {one_line(result.stopped, SENTENCE_WIDTH)}"
    if result.seconds is not None:  # the table of a run that is shown again is the same wherever it was trained
        yield from elsewhere(result)


def _notes(result: Result) -> Iterator[str]:
    """What else there is to say, a sentence or two each."""
    if line := front_line(result):
        yield line
    yield from (line_of(result, other) for other in result.by_other_scores)
    if result.nested:
        yield result.nested.sentence
    if result.held_out:
        yield one_line(result.held_out.sentence, SENTENCE_WIDTH)
    if result.published_sentence:
        yield result.published_sentence
    yield from training_hints(result)
