"""The stage's sources join into one module that needs nothing beside it."""

import re

import pytest

from sandbox.stage import module

SOURCES = sorted(module.WEB.glob("*.js"))
MOST = 250  # lines of a module


def texts(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)


def forget():
    for each in (module.script, module.source):
        each.cache_clear()


@pytest.fixture
def web(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "WEB", tmp_path)
    forget()
    yield tmp_path
    forget()


def test_what_is_imported_stands_before_whatever_imports_it_each_in_a_scope_of_its_own(web):
    texts(
        web,
        mount='import { a } from "./a.js";\nimport { b } from "./b.js";\nexport function mount() {\n  return a + b;\n}\n',
        a='import { b } from "./b.js";\nexport const a = b + 1;\n',
        b="const one = 1;\nexport const b = one;\n",
        worker="export async function serveModel() {}\n",
    )
    assert (
        module.source()
        == """const $b = (() => {
const one = 1;
const b = one;
return { b };
})();

const $a = (() => {
const { b } = $b;
const a = b + 1;
return { a };
})();

const $mount = (() => {
const { a } = $a;
const { b } = $b;
function mount() {
  return a + b;
}
return { mount };
})();

const $worker = (() => {
async function serveModel() {}
return { serveModel };
})();

const { mount } = $mount;
const { serveModel } = $worker;
export { mount };
"""
    )


def test_a_circle_is_refused_by_its_names(web):
    texts(web, mount='import { a } from "./a.js";\n', a='import { mount } from "./mount.js";\n')
    with pytest.raises(ValueError, match=r"mount imports a imports mount: no order"):
        module.source()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_source_is_part_of_the_module_and_short(path):
    assert f"const ${path.stem} = (() => {{" in module.source()
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST


def test_nothing_is_left_to_import_in_the_joined_module():
    code = re.sub(r"/\*.*?\*/", "", module.source(), flags=re.DOTALL)  # types are told in comments
    assert not re.search(r"^(import|export (?!\{ mount \};))", code, re.MULTILINE)
    assert "import(" not in code


def test_the_joined_module_can_stand_in_a_page():
    assert "</script" not in module.source().lower()
