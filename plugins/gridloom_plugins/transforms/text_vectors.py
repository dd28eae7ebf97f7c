"""The transform `text_vectors`: texts as weights of their words (TF-IDF)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge

from gridloom import Transform


def make(
    max_words: Annotated[int, Ge(1)] = 1000,
    longest: Annotated[int, Ge(1)] = 1,
    stop_words: Literal["english"] | None = None,
) -> Any:
    """Make a column for each of the `max_words` most frequent words of the training rows.

    `longest` is the largest number of consecutive words that count as one; `stop_words` excludes the most common
    English words.
    """
    from gridloom_plugins.transforms.dense_tfidf import DenseTfidf

    return DenseTfidf(max_features=max_words, ngram_range=(1, longest), stop_words=stop_words)


TRANSFORM = Transform(
    "text_vectors",
    "Text as weights of its words (TF-IDF).",
    make,
    takes=("text",),
    gives="numeric",
    column_by_column=True,
    fills_gaps=True,
)
