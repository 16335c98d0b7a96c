"""The folder of static files is made again whatever a failed disk left in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desagravo.operations.prepare import _collect_static_files


@pytest.mark.parametrize("left", ["", '{"paths": {', "[]"])
def test_a_cut_list_of_the_static_files_is_no_obstacle(tmp_path: Path, settings: Any, left: str) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    _collect_static_files()
    manifest = tmp_path / "static" / "staticfiles.json"
    whole = manifest.read_text()
    manifest.write_text(left)
    _collect_static_files()
    assert manifest.read_text() == whole
