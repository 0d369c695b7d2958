import sys
from pathlib import Path

import pytest

from desktop.system import resources


def test_from_source_resources_lie_in_the_repository():
    assert resources.path() == Path(__file__).resolve().parents[3] / "resources"
    assert resources.path("samples", "mail").parts[-3:] == ("resources", "samples", "mail")


def test_a_frozen_build_has_them_in_its_bundle(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.path("icons") == tmp_path / "resources" / "icons"


@pytest.mark.parametrize("parts", [("..", "pyproject.toml"), ("/etc/passwd",), ("a", "..", "..", "x")])
def test_no_way_leads_out(parts):
    with pytest.raises(ValueError, match="not inside resources"):
        resources.path(*parts)
