"""The results of an evaluation, case by case."""
