"""The dialog that segments a folder of cases."""
