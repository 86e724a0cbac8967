"""The quiz on a folder of cases: its questions, how it goes on, and its table of results."""
