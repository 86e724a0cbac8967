"""Shapes in signatures are checked in every test run, doctests included."""

from tests.shapes import import_hook

import_hook.install()
