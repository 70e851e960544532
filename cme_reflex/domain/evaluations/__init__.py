"""Evaluation forms, answers and survey counts."""
