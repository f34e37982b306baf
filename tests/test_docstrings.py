"""Every public name has a docstring: modules, classes, functions, methods and properties of ours.

Not asked for: names that begin with an underscore, Meta and Media, functions inside functions, migrations,
empty files; a method whose name a library's base class defines (its documentation is there); and one that
overrides a documented method of a base class of ours.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("prevention", "resources", "search", "site/config")
SCRIPTS = ("site/deploy",)  # not importable
OURS = ("prevention", "resources", "search", "config")
SETTINGS_OF_A_CLASS = frozenset({"Meta", "Media"})

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    """Return the modules to look at, in order; migrations are left out."""
    found = [path for folder in (*PACKAGES, *SCRIPTS) for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def module_name(path: Path) -> str:
    """Return the name by which a file is imported; '' for a script of site/deploy."""
    place = path.relative_to(ROOT)
    if place.is_relative_to("site/deploy"):
        return ""
    place = place.relative_to("site") if place.is_relative_to("site") else place
    return ".".join(place.with_suffix("").parts).removesuffix(".__init__")


def public_definitions(body: list[ast.stmt]) -> Iterator[Definition]:
    """Yield the public classes and functions defined in a body, those under `if` and `try` included."""
    for node in body:
        if isinstance(node, (ast.If, ast.Try)):
            yield from public_definitions([*node.body, *node.orelse])
        elif isinstance(node, Definition) and not node.name.startswith("_"):
            yield node


def is_second(node: Definition) -> bool:
    """Return whether a definition belongs to a documented one: the setter of a property, an overload."""
    names = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(name.endswith((".setter", ".deleter", "overload")) for name in names)


def is_documented_above(module: str, owner: str, name: str) -> bool:
    """Return whether a base class of the class `owner` of a module defines `name` and documents it.

    A library documents its names itself. One of ours has to have a docstring.
    """
    if not module:
        return False
    cls: object = importlib.import_module(module)
    for part in owner.split("."):
        cls = getattr(cls, part)
    assert inspect.isclass(cls)
    for base in cls.__mro__[1:]:
        if name in vars(base):
            is_ours = base.__module__.split(".")[0] in OURS
            return not is_ours or bool(inspect.getdoc(vars(base)[name]))
    return False


def undocumented(source: str, module: str) -> Iterator[str]:
    """Yield each public name without a docstring of a module's source: '' for the module itself."""
    tree = ast.parse(source)
    if tree.body and ast.get_docstring(tree) is None:
        yield ""
    yield from _undocumented(tree.body, module, "")


def _undocumented(body: list[ast.stmt], module: str, owner: str) -> Iterator[str]:
    for node in public_definitions(body):
        if node.name in SETTINGS_OF_A_CLASS or is_second(node):
            continue
        name = f"{owner}.{node.name}".lstrip(".")
        is_missing = ast.get_docstring(node) is None
        if is_missing and not (owner and is_documented_above(module, owner, node.name)):
            yield name
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(node.body, module, name)


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_name_has_a_docstring(path: Path) -> None:
    missing = list(undocumented(path.read_text(encoding="utf-8"), module_name(path)))
    assert not missing, f"No docstring in {path.relative_to(ROOT)} (empty: the file): {missing}"


def test_names_that_need_a_docstring_are_found() -> None:
    source = '''
        def shown(): ...
        def _own(): ...
        class Thing:
            """Documented."""
            class Meta: ...
            class Level: ...
            def method(self): ...
            @property
            def size(self): ...
            @size.setter
            def size(self, value): ...
        if True:
            def under(): ...
    '''
    assert list(undocumented(dedent(source), "")) == [
        "", "shown", "Thing.Level", "Thing.method", "Thing.size", "under",
    ]  # fmt: skip


def test_what_a_base_class_documents_needs_no_second_docstring() -> None:
    page = "prevention.core.models.pages"
    assert is_documented_above(page, "BasePage", "get_context")  # Wagtail's
    assert is_documented_above("prevention.substances.models", "SubstancePage", "search_text")  # ours
    assert not is_documented_above(page, "BasePage", "content_key")  # defined there first
