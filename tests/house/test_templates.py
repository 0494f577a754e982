from pathlib import Path

import pytest
from jinja2 import UndefinedError, nodes
from jinja2.environment import Environment

from tests.conftest import settings
from tracker import create_app
from tracker.core.places import resource

TEMPLATES = resource("templates")
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The environment that makes our pages. No database is asked."""
    folder = tmp_path_factory.mktemp("templates")
    return create_app(settings(folder, f"sqlite:///{folder / 'none.sqlite'}")).jinja_env


def parsed(pages: Environment, name: str) -> nodes.Template:
    return pages.parse(Path(TEMPLATES / name).read_text("utf-8"), name)


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles_and_uses_what_it_imports(pages: Environment, name: str) -> None:
    pages.get_template(name)
    tree = parsed(pages, name)
    used = {found.name for found in tree.find_all(nodes.Name)}
    for imported in tree.find_all(nodes.FromImport):
        assert isinstance(imported.template, nodes.Const)
        offered = offers(pages, str(imported.template.value))
        for entry in imported.names:
            original, alias = entry if isinstance(entry, tuple) else (entry, entry)
            assert original in offered, f"{imported.template.value} has no {original}"
            assert alias in used, f"{alias} is imported and not used"


def offers(pages: Environment, name: str) -> set[str]:
    """The macros of one of our templates, or of NHS.UK's, and what they import for others."""
    if not (TEMPLATES / name).exists():
        return set(dir(pages.get_template(name).module))
    tree = parsed(pages, name)
    return {macro.name for macro in tree.find_all(nodes.Macro)}


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("components/")])
def test_a_component_is_one_macro_named_after_its_file(pages: Environment, name: str) -> None:
    macros = [macro.name for macro in parsed(pages, name).find_all(nodes.Macro)]
    assert macros == [Path(name).stem]


def test_an_undefined_name_is_an_error(pages: Environment) -> None:
    with pytest.raises(UndefinedError):
        pages.from_string("{{ nobody_defined_this }}").render()


def test_text_is_escaped_in_every_template(pages: Environment) -> None:
    assert pages.from_string("{{ text }}").render(text="<script>") == "&lt;script&gt;"
