"""What scores say: intervals, comparisons, the set that holds the true best, effects, and what more would help.

Nothing of `gridloom` imports this package before a summary is asked for: it needs numpy and scipy.
"""

from gridloom.statistics.across import Across, Difference, across, obstacles
from gridloom.statistics.best_set import best_set
from gridloom.statistics.comparisons import Comparison, compare, holm
from gridloom.statistics.effects import Effects, effects
from gridloom.statistics.importances import Importances, forest_importances
from gridloom.statistics.optimism import Optimism, optimism
from gridloom.statistics.power import Power, power
from gridloom.statistics.published import (
    Published,
    beside_published,
    check_published,
    prediction_interval,
    published_sentence,
)
from gridloom.statistics.questions import Estimates, NewData, Question, Seeds
from gridloom.statistics.shares import Share, variance_shares
from gridloom.statistics.simplicity import simplest
from gridloom.statistics.summary import Answer, Summary, summarise

__all__ = [
    "Across",
    "Answer",
    "Comparison",
    "Difference",
    "Effects",
    "Estimates",
    "Importances",
    "NewData",
    "Optimism",
    "Power",
    "Published",
    "Question",
    "Seeds",
    "Share",
    "Summary",
    "across",
    "beside_published",
    "best_set",
    "check_published",
    "compare",
    "effects",
    "forest_importances",
    "holm",
    "obstacles",
    "optimism",
    "power",
    "prediction_interval",
    "published_sentence",
    "simplest",
    "summarise",
    "variance_shares",
]
