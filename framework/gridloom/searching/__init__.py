"""The loop of a search: strategies propose, trials answer, once more in every outer fold."""
