"""The rooms of the house and the one direction in which they may know each other.

`core` base -> `core` -> `demos/<slug>` -> `catalog` -> `pages/components` -> `pages`, `server` ->
`app`. Read from the source with `ast`, so lazy imports inside functions count too.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = {"demos", "pages", "server", "app"}
CORE_BASE = {"spec", "errors", "settings", "results", "devices"}
NOT_OURS = {".git", ".venv", "__pycache__", "runs", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
MIB = 1024**2

MAY_IMPORT = {
    "base": {"base"},
    "core": {"base", "core"},
    "demo": {"base", "core", "demo"},
    "catalog": {"base", "core", "catalog", "demo"},
    "tool": {"base", "core", "demo", "catalog", "tool"},
    "server": {"base", "core", "catalog", "components", "server"},
    "components": {"base", "core", "catalog", "components"},
    "page": {"base", "core", "demo", "catalog", "components", "page"},
    "app": {"base", "core", "catalog", "components", "page", "server"},
}


def layer(module: str) -> str:
    """The room a module of ours is in."""
    match module.split("."):
        case ["app"]:
            return "app"
        case ["server", *_]:
            return "server"
        case ["pages", "components", *_]:
            return "components"
        case ["pages", *_]:
            return "page"
        case ["demos", "core", name, *_] if name in CORE_BASE:
            return "base"
        case ["demos", "core", *_]:
            return "core"
        case ["demos", "catalog"]:
            return "catalog"
        case ["demos", "benchmark", *_]:
            return "tool"  # a command over all demos
        case ["demos", name, *_] if (ROOT / "demos" / name).is_dir():
            return "demo"
        case ["demos", *_]:
            return "tool"
    raise ValueError(module)


def slug(module: str) -> str:
    """The demo that a module of layer `demo`, or a page, belongs to."""
    parts = module.split(".")
    return parts[1] if parts[0] == "demos" else parts[-1]


def violation(importer: str, imported: str) -> str | None:
    """Why `importer` must not import `imported`, both modules of ours; `None` if it may."""
    here, there = layer(importer), layer(imported)
    if there not in MAY_IMPORT[here]:
        return f"{importer} ({here}) imports {imported} ({there})"
    if there == "demo" and here in ("demo", "page") and slug(importer) != slug(imported):
        return f"{importer} imports another demo, {imported}"
    if there == "demo" and here == "catalog" and imported.count(".") > 1:
        return f"{importer} imports more of {imported} than its SPEC"
    return None


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str, module: str, is_package: bool = False) -> set[str]:
    """Absolute names of all modules that a source text imports, wherever it does."""
    found = set()
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found |= {
                f"{base}.{alias.name}" if is_module(f"{base}.{alias.name}") else base
                for alias in node.names
            }
    return found


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def sources() -> Iterator[tuple[str, set[str]]]:
    """Every module of ours with the modules it imports."""
    for path in [ROOT / "app.py", *(p for top in PROJECT for p in (ROOT / top).rglob("*.py"))]:
        name = module_name(path)
        yield name, imports(path.read_text(), name, path.name == "__init__.py")


def ours(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.split(".")[0] in PROJECT and name not in PROJECT]


def files() -> Iterator[Path]:
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in NOT_OURS]
        # In a worktree, `.git` is a file.
        yield from (Path(folder) / name for name in names if name not in NOT_OURS)


def test_imports_point_one_way() -> None:
    found = [violation(name, each) for name, imported in sources() for each in ours(imported)]
    assert len(found) > 50, "the sources were not found"
    assert [each for each in found if each] == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("demos.core.spec", "demos.core.store"),
        ("demos.core.store", "demos.catalog"),
        ("demos.core.media", "demos.healthcare_imaging"),
        ("demos.healthcare_imaging.inference", "demos.catalog"),
        ("demos.catalog", "demos.healthcare_imaging.inference"),
        ("demos.healthcare_imaging.inference", "pages.components.gallery"),
        ("server.api", "pages.home"),
        ("server.api", "demos.healthcare_imaging.inference"),
        ("pages.components.gallery", "pages.home"),
        ("pages.components.gallery", "demos.healthcare_imaging.inference"),
        ("pages.healthcare.another", "demos.healthcare_imaging.inference"),
        ("pages.home", "app"),
    ],
)
def test_the_rule_catches(importer: str, imported: str) -> None:
    assert violation(importer, imported)


def test_imports_are_found_wherever_they_are() -> None:
    source = (
        "import torch.nn\n"
        "from demos.core import store, media as m\n"
        "def f():\n"
        "    from . import catalog\n"
        "    from .core.errors import Busy\n"
    )
    assert imports(source, "demos.benchmark") == {
        "torch.nn",
        "demos.core.store",
        "demos.core.media",
        "demos.catalog",
        "demos.core.errors",
    }


def test_nothing_in_demos_knows_streamlit() -> None:
    knowing = [
        name
        for name, imported in sources()
        if name.startswith("demos") and any(each.split(".")[0] == "streamlit" for each in imported)
    ]
    assert knowing == []


def test_the_catalog_imports_nothing_heavy() -> None:
    heavy = {
        *("torch", "transformers", "timm", "librosa", "pandas", "plotly", "onnxruntime"),
        *("scipy", "sklearn", "pyarrow", "polars", "streamlit"),
    }
    program = "import sys, demos.catalog; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "demos" in loaded
    assert heavy & set(loaded) == set()


def test_every_demo_is_opened_on_a_phone_in_a_browser() -> None:
    demos = {path.parent.name for path in (ROOT / "demos").glob("*/metrics.json")}
    tests = {slug: ROOT / "tests" / "browser" / f"test_{slug}.py" for slug in demos}
    assert demos
    assert {
        slug for slug, path in tests.items() if "opens_on_a_phone(" not in path.read_text()
    } == set()


def test_pages_are_thin() -> None:
    pages = [path for path in (ROOT / "pages").rglob("*.py") if "components" not in path.parts]
    assert pages
    too_long = {path.name: len(path.read_text().splitlines()) for path in pages}
    assert {name: lines for name, lines in too_long.items() if lines >= 80} == {}


def test_no_file_names_a_folder_of_someones_machine() -> None:
    needle = re.compile(rb"(?<![\w.-])/(?:%s)/" % b"|".join([b"wo" + b"rk", b"ro" + b"ot"]))
    naming = [str(path.relative_to(ROOT)) for path in files() if needle.search(path.read_bytes())]
    assert naming == []


def test_no_data_set_is_in_the_repository() -> None:
    suffixes = {".parquet", ".jpg", ".jpeg", ".csv", ".npz", ".npy"}
    found = [path for path in files() if path.suffix.lower() in suffixes]
    # A demo's samples, of which the contract test wants every one listed, and the texts it offers
    # are of our own making.
    assert [str(path) for path in found if path.parent.name not in ("samples", "texts")] == []
    assert sum(path.stat().st_size for path in found) < 4 * MIB


def test_weights_are_safetensors_and_stay_small() -> None:
    assert [str(path) for path in files() if path.suffix in {".pt", ".pth", ".ckpt", ".pkl"}] == []
    weights = [path for path in files() if path.suffix in {".safetensors", ".onnx"}]
    assert sum(path.stat().st_size for path in weights) < 150 * MIB


def test_what_the_documents_link_to_is_there() -> None:
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    links = [
        (document, target)
        for document in documents
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
        if "://" not in target
    ]
    assert links
    broken = [
        f"{document.name}: {target}"
        for document, target in links
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_nothing_is_left_to_be_filled_in() -> None:
    needle = re.compile("@" * 2 + "|<!-" + "- figures")
    texts = [path for path in files() if path.suffix in {".md", ".json", ".py"}]
    unfinished = [path for path in texts if needle.search(path.read_text(encoding="utf-8"))]
    assert [str(path.relative_to(ROOT)) for path in unfinished] == []
