"""The levers of start-up: each works with the installed libraries, and leaves no trace.

Where one of these tests fails after an upgrade, the program still runs, but starts more slowly or
needs more memory: see what the lever's docstring says about the library.
"""

from __future__ import annotations

import gc
import inspect
import ssl
import sys

import pytest

from mood.serving import imports
from tests import fresh
from tests.serving.levers import in_a_new_process


@pytest.fixture(scope="module")
def quick() -> dict[str, object]:
    return in_a_new_process(
        """
import sys
from mood.serving import environment, gradio_app, imports
environment.quiet_libraries()
import jinja2
compiled = []
compile_ = jinja2.Environment.compile
def compile_noted(self, source, *rest):
    compiled.append(source)
    return compile_(self, source, *rest)
jinja2.Environment.compile = compile_noted
with imports.quick_import():
    import gradio
    import pydantic
    class Model(pydantic.BaseModel):
        x: int
    from fastapi import FastAPI
    @FastAPI().post("/")
    def answer(body: Model) -> Model: ...
seen["during"] = [n for n in sys.modules if n in (
    "pandas", "typer", "gradio.workflow", "gradio.external", "rich", "huggingface_hub._jobs_api",
    "pydantic.v1.main")]
seen["compiled"] = [len(compiled), len(set(compiled))]
seen["validates"] = Model(x="3").x
import gradio.cli, gradio.workflow, pandas, pydantic.v1
from fastapi._compat.shared import is_pydantic_v1_model_class
seen["v1"] = [is_pydantic_v1_model_class(kind) for kind in (Model, pydantic.v1.BaseModel)]
from huggingface_hub import HfApi
seen["hub"] = isinstance(HfApi(), HfApi)
seen["afterwards"] = [callable(gradio.load), pandas.DataFrame({"a": [1]}).shape,
                      gradio.cli.deploy.__name__, gradio.workflow.Workflow.__name__]
from gradio.caching import pd
seen["isinstance"] = [isinstance(pandas.DataFrame(), pd.DataFrame), isinstance(3, pd.DataFrame)]
seen["docs"] = gradio.Button.click.__doc__
"""
    )


def test_what_is_never_used_is_not_imported(quick):
    assert quick["during"] == []


def test_what_was_left_out_works_when_it_is_wanted_after_all(quick):
    assert quick["afterwards"] == [True, [1, 1], "deploy", "Workflow"]
    assert quick["isinstance"] == [True, False]
    assert quick["v1"] == [False, True]
    assert quick["hub"] is True


def test_what_was_left_out_is_imported_when_the_import_itself_uses_it():
    seen = in_a_new_process(
        """
from mood.serving import imports
with imports.without_unused_modules():
    from pandas import DataFrame
    seen["shape"] = DataFrame({"a": [1]}).shape
"""
    )
    assert seen["shape"] == [1, 1]


def test_docs_of_events_are_filled_in_and_each_template_is_compiled_once(quick):
    compiled, templates = quick["compiled"]
    assert compiled == templates > 1
    assert "Button" in quick["docs"]
    assert "{{" not in quick["docs"]


def test_classes_of_pydantic_still_validate(quick):
    assert quick["validates"] == 3


def test_gradio_still_asks_inspect_before_it_writes_a_stub():
    import gradio.component_meta as meta

    source = inspect.getsource(meta.create_or_modify_pyi)
    assert "inspect.getfile" in source
    assert "except OSError" in source


def test_no_stub_is_written(tmp_path):
    component = tmp_path / "own.py"
    component.write_text("import gradio\nclass Own(gradio.Image):\n    pass\n")
    seen = in_a_new_process(
        f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from mood.serving import environment, gradio_app, imports
with imports.quick_import():
    import own
seen["name"] = own.Own.__name__
"""
    )
    assert seen["name"] == "Own"
    assert not component.with_suffix(".pyi").exists()


def test_nothing_stays_changed():
    import jinja2
    import pydantic

    before = (inspect.getfile, jinja2.Environment.compile, ssl.create_default_context)
    config = dict(pydantic.BaseModel.model_config)
    modules = {name for name, module in sys.modules.items() if module is None}
    with imports.quick_import():
        assert not gc.isenabled()
        assert inspect.getfile is not before[0]
    assert (inspect.getfile, jinja2.Environment.compile, ssl.create_default_context) == before
    assert dict(pydantic.BaseModel.model_config) == config
    assert {name for name, module in sys.modules.items() if module is None} == modules
    assert gc.isenabled()


def test_nothing_stays_changed_after_a_failed_import():
    getfile = inspect.getfile
    with pytest.raises(ZeroDivisionError), imports.quick_import():
        raise ZeroDivisionError
    assert inspect.getfile is getfile
    assert gc.isenabled()


def test_one_list_of_certificates_is_shared():
    with imports.with_one_tls_context():
        assert ssl.create_default_context() is ssl.create_default_context()
    assert ssl.create_default_context() is not ssl.create_default_context()


def test_the_benchmark_can_leave_out_every_lever():
    fresh.python(
        "from tests.benchmarks import without\n"
        "for change in (without.START | without.LATER).values(): change()\n"
        "from mood.serving import imports\n"
        "from mood.settings import Settings\n"
        "with imports.quick_import(mcp=False):\n"
        "    from mood.serving.app import create_analyzer, create_app\n"
        "create_app(create_analyzer(Settings()))\n"
    )
