"""A hook of MkDocs: the guide shows the pictures that the README shows, which are kept once."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

PICTURES = Path(__file__).resolve().parents[1] / "resources" / "pictures"


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add every picture as `pictures/NAME`."""
    for path in sorted(PICTURES.glob("*.*")):
        files.append(File.generated(config, f"pictures/{path.name}", abs_src_path=str(path)))
    return files
