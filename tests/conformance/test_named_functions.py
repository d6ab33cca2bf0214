"""What `{$fn: name}` means: the core's table and a file for each plugin, with the same names on both sides."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules

import pytest

from betterauth_py.conformance import functions
from betterauth_py.conformance.named_functions import named_functions
from betterauth_py.conformance.recorder.oracle import ORACLE, install

PYTHON = Path(functions.__file__).parent
JAVASCRIPT = ORACLE / "functions"


def test_both_sides_know_the_same_names() -> None:
    install()
    printing = 'import("./functions.mjs").then((m) => console.log(JSON.stringify(Object.keys(m.everyFunction([])))))'
    done = subprocess.run(["node", "-e", printing], cwd=ORACLE, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == set(named_functions([]))


def test_every_plugin_has_its_file_on_both_sides() -> None:
    ours = {module.name for module in iter_modules([str(PYTHON)])}
    assert ours == {path.stem.replace("-", "_") for path in JAVASCRIPT.glob("*.mjs")}


@pytest.mark.parametrize(("name", "refused"), [("ownName", False), ("sendResetPassword", True)])
def test_a_new_file_is_found_by_itself_and_takes_no_name(
    name: str, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "added.py").write_text(f"def functions(mails):\n    return {{{name!r}: lambda: 1}}\n")
    monkeypatch.setattr(functions, "__path__", [str(PYTHON), str(tmp_path)])
    monkeypatch.delitem(sys.modules, f"{functions.__name__}.added", raising=False)
    if refused:
        with pytest.raises(ValueError, match=f"two functions are named {name}"):
            named_functions([])
    else:
        assert named_functions([])[name]() == 1
    sys.modules.pop(f"{functions.__name__}.added", None)
