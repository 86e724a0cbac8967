"""The paper's two ideas, HMSD and DMCD, and the criticality that orders the second."""
