"""What an evaluation has measured, case by case."""
