"""The paper's two methods, HMSD and DMCD, and the criticality that determines the path of DMCD."""
