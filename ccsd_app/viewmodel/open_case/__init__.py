"""View-models of opening a case."""
