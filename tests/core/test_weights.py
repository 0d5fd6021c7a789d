import hashlib
from pathlib import Path

import pytest

from demos.core.errors import WeightsMismatch
from demos.core.spec import Bundled
from demos.core.weights import read_weights


def test_the_named_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "ours.safetensors").write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    assert read_weights(Bundled(str(tmp_path / "ours.safetensors"), digest)) == b"weights"


@pytest.mark.parametrize(("content", "problem"), [(b"other", "replaced"), (None, "missing")])
def test_another_or_no_file_is_refused(tmp_path: Path, content: bytes | None, problem: str) -> None:
    file = tmp_path / "ours.safetensors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(WeightsMismatch, match=problem) as caught:
        read_weights(Bundled(str(file), "0" * 64))
    assert "Restore" in caught.value.remedy
