"""The files of the project as they stand in the work tree: what house rules are checked against."""

import ast
from collections.abc import Iterator
from pathlib import Path

from ops_centre.config import ROOT

NOT_OURS = {".git", ".venv", ".hypothesis", "var", "node_modules", "__pycache__", "build", "dist"}
VENDORED = ("assets/vendor", "tests/browser/vendor", "data")


def files(*suffixes: str) -> Iterator[Path]:
    """Every file of the project with one of these suffixes (all, when none is named)."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part in NOT_OURS or part.endswith(("_cache", ".egg-info")) for part in parts)
        if not hidden and path.is_file() and (not suffixes or path.suffix in suffixes):
            yield path


def name_of(path: Path) -> str:
    """The path as a reader writes it, relative to the project."""
    return path.relative_to(ROOT).as_posix()


def is_vendored(path: Path) -> bool:
    """Whether others made it."""
    return name_of(path).startswith(VENDORED)


def python_files(*folders: str) -> list[Path]:
    """Python files below these folders or with these names."""
    return [path for path in files(".py") if name_of(path).startswith(folders)]


def syntax(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def modules() -> list[str]:
    """Every importable module of the product."""
    names = []
    for path in python_files("ops_centre/", "layouts/", "callbacks/", "app.py"):
        name = name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if "migrations" not in name and not name.endswith("__main__"):
            names.append(name)
    return names
