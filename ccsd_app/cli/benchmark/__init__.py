"""What `ccsd-app bench` measures, one file a measurement. Timings only: nothing is decided here."""
