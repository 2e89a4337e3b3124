"""Who may import whom: cli > steps > rooms and edges > ground. Rooms never see one another."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "pipeline"
GROUND = {"records", "text", "errors", "files", "folds", "tables", "expressions"}
EDGES = {"store", "vault", "sheets", "config", "execute"}
ROOMS = {"ingest", "anonymise", "segment", "embed", "suggest", "query"} | {
    "review",
    "targets",
    "evaluate",
    "codebook",
    "compare",
    "agree",
    "audit",
    "report",
    "risk",
    "simulate",
}
HEAVY = {
    "docx", "faker", "lxml", "matplotlib", "onnx", "onnxruntime", "pandas", "pyarrow", "scipy",
    "jinja2", "plotly", "pypdf", "python_calamine", "sentence_transformers", "sklearn", "spacy",
    "statsmodels", "torch", "transformers", "wordfreq",
}  # fmt: skip
FILES = sorted(ROOT.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path, *, top_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    found = set()
    for node in tree.body if top_only else ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def parts_seen(path: Path) -> set[str]:
    names = (name.split(".") for name in imports(path))
    return {name[1] for name in names if name[0] == "pipeline" and len(name) > 1}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_rooms_see_only_the_ground_and_themselves(path: Path) -> None:
    part, seen = part_of(path), parts_seen(path) & (GROUND | EDGES | ROOMS | {"steps", "cli"})
    if part in GROUND:
        assert seen <= GROUND
    elif part in EDGES | ROOMS:
        assert seen <= GROUND | {part}
    elif part == "steps":
        assert "cli" not in seen


def test_every_part_is_placed() -> None:
    known = GROUND | EDGES | ROOMS | {"steps", "cli", "__init__", "__main__"}
    assert {part_of(path) for path in FILES} <= known


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_heavy_libraries_are_imported_inside_functions(path: Path) -> None:
    heavy = {name.split(".")[0] for name in imports(path, top_only=True)} & HEAVY
    assert not heavy


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_gate_and_the_vault_write_files(path: Path) -> None:
    writes = "pipeline.files.write_bytes" in imports(path)
    assert not writes or path.relative_to(ROOT).as_posix() in ("store/gate.py", "vault.py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_unpickled_or_evaluated(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"eval", "exec"}
    assert not {name.split(".")[0] for name in imports(path)} & {"pickle", "dill", "joblib"}
