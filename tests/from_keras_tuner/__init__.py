"""Hypermodels of KerasTuner as model builders."""
