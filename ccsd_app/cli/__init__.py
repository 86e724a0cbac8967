"""One file per command of ccsd-app."""
