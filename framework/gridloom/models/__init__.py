"""Models that leave a run: the folder of one, its card, and predictions on new rows."""
