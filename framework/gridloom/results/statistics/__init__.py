"""What scores say: intervals, comparisons, the set that holds the true best, effects, and what more would help.

Nothing of `gridloom` imports this package before a summary is asked for: it needs numpy and scipy.
"""
