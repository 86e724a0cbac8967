"""The commands of ccsd-app, one file each."""
