"""A window in a process of its own that opens a case and stays, to be looked at from outside.

python still_window.py CASE
"""

import sys
from pathlib import Path

from ccsd_app.qt.startup.application import assemble, make_application


def main(case: Path) -> int:
    import fake_worker  # beside this script, where pytest does not look

    application = make_application()
    parts = assemble(program="fake_worker", read_case=fake_worker.load_case)
    parts.window.show()
    parts.window.begin(case, model="good", device="cpu")
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
