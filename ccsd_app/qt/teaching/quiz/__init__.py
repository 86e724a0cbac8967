"""The dialog of the quiz on a folder of cases."""
