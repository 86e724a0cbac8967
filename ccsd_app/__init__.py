"""The desktop application and the command line around ccsd_core."""
