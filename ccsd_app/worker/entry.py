"""First function of the inference process: finds its program by name.

The window's process spawns this function. It must not import the program itself, or torch would
be imported into the window's process; so the module of the program is given by name.
"""

from importlib import import_module
from multiprocessing.connection import Connection

PROGRAM = "ccsd_app.worker.process"


def main(connection: Connection, program: str = PROGRAM) -> None:
    """Run `serve(connection)` of the module `program`."""
    import_module(program).serve(connection)
