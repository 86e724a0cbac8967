"""Decorates each function and class of the tensor packages with `checked` as it is imported.

Like jaxtyping's own hook, which prepares every check at the import. It has to be installed before
the packages are imported: conftest.py at the root does so.
"""

import ast
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

# Not the domain: beartype knows typing.Self only in classes that it decorates itself.
PACKAGES = ("data", "model", "losses", "distillation", "inference", "training")
PREFIXES = tuple(f"ccsd_core.{package}" for package in PACKAGES)
CHECKED = "__import__('tests.shapes.shape_checks', fromlist=['checked']).checked"


def install() -> None:
    """Check the tensor packages from now on.

    Raises:
        RuntimeError: If one of them has been imported already.
    """
    early = sorted(name for name in sys.modules if name.startswith(PREFIXES))
    if early:
        message = f"imported before their shapes could be checked: {', '.join(early)}"
        raise RuntimeError(message)
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not f"{fullname}.".startswith(tuple(f"{prefix}." for prefix in PREFIXES)):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        """Compiled anew each time: cached bytecode of the module is without decorators."""
        tree = _Decorator().visit(ast.parse(self.get_data(self.path), self.path))
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)


class _Decorator(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.decorator_list.append(_checked_at(node))  # before other decorators hide annotations
        self.generic_visit(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.decorator_list.insert(0, _checked_at(node))  # after `dataclass` has made `__init__`
        self.generic_visit(node)
        return node


def _checked_at(node: ast.FunctionDef | ast.ClassDef) -> ast.expr:
    decorator = ast.parse(CHECKED, mode="eval").body
    for part in ast.walk(decorator):
        ast.copy_location(part, node)
    return decorator
