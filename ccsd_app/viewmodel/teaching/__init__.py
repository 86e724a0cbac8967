"""View-models of the guided tour and of "Guess first"."""
