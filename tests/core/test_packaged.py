"""Weights in another package: which are read, and which are refused."""

import hashlib
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from demos.core.errors import ModelError, WeightsMismatch
from demos.core.packaged import checked, mapped
from demos.core.spec import Packaged

SMALL = Packaged("pytest", "pytest/__init__.py", "0" * 64)


def test_the_file_that_is_named_is_given() -> None:
    path = Path(str(distribution(SMALL.distribution).locate_file(SMALL.file)))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert checked(Packaged(SMALL.distribution, SMALL.file, sha256)) == path


def test_a_file_with_another_hash_is_refused() -> None:
    with pytest.raises(WeightsMismatch) as found:
        checked(SMALL)
    assert "damaged or was replaced" in found.value.problem
    assert "force-reinstall" in found.value.remedy


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(WeightsMismatch, match=r"absent\.safetensors .* is missing"):
        checked(Packaged("pytest", "pytest/absent.safetensors", "0" * 64))


def test_a_missing_package_is_told_with_the_way_out() -> None:
    with pytest.raises(ModelError) as found:
        checked(Packaged("not-installed-here", "any.safetensors", "0" * 64))
    assert "not installed" in found.value.problem
    assert "pip install not-installed-here" in found.value.remedy


def test_tensors_are_read_where_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "any.safetensors"
    written = {
        "table": np.arange(12, dtype=np.float32).reshape(3, 4),
        "half": np.array([0.5, -2], np.float16),
        "places": np.array([[7]], np.int64),
        "none": np.zeros((0, 4), np.float32),
    }
    save_file(written, path, metadata={"format": "pt"})
    found = mapped(path)
    assert set(found) == set(written)
    for name, each in load_file(path).items():
        assert found[name].dtype == each.dtype
        np.testing.assert_array_equal(found[name], each)
    assert isinstance(found["table"], np.memmap)
    before = path.read_bytes()
    found["table"][0, 0] = 99
    assert path.read_bytes() == before
