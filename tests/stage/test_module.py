"""The stage's sources join into one module that needs nothing beside it."""

import re

import pytest

from sandbox.stage import module

SOURCES = sorted(module.WEB.glob("*.js"))
TOP = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
MOST = 250  # lines of a module


def texts(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)


@pytest.fixture
def web(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "WEB", tmp_path)
    module.source.cache_clear()
    module.version.cache_clear()
    yield tmp_path
    module.source.cache_clear()
    module.version.cache_clear()


def test_what_is_imported_stands_before_whatever_imports_it(web):
    texts(
        web,
        stage='import { a } from "./a.js";\nimport { b } from "./b.js";\nexport function mount() {\n  return a + b;\n}\n',
        a='import { b } from "./b.js";\nexport const a = b + 1;\n',
        b="export const b = 1;\n",
    )
    assert module.order() == ["b.js", "a.js", "stage.js"]
    assert module.source() == (
        "const b = 1;\n\nconst a = b + 1;\n\nfunction mount() {\n  return a + b;\n}\n\nexport { mount };\n"
    )


def test_a_circle_is_refused_by_its_names(web):
    texts(web, stage='import { a } from "./a.js";\n', a='import { mount } from "./stage.js";\n')
    with pytest.raises(ValueError, match=r"stage.js imports a.js imports stage.js: no order"):
        module.order()


def test_the_version_changes_with_the_sources(web):
    texts(web, stage="export const mount = 1;\n")
    one = module.version()
    texts(web, stage="export const mount = 2;\n")
    module.source.cache_clear()
    module.version.cache_clear()
    assert module.version() != one


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_source_is_part_of_the_module_and_short(path):
    assert path.name in module.order()
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST


def test_no_two_sources_have_a_name_in_common():
    found = {}
    for path in SOURCES:
        for name in TOP.findall(path.read_text(encoding="utf-8")):
            assert found.setdefault(name, path.name) == path.name, f"{name} is in {found[name]} and in {path.name}"


def test_nothing_is_left_to_import_in_the_joined_module():
    assert not re.search(r"^(import|export (?!\{ mount \};))", module.source(), re.MULTILINE)
    assert "import(" not in module.source()


def test_the_joined_module_can_stand_in_a_page():
    assert "</script" not in module.source().lower()
