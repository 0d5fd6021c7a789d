from dataclasses import fields
from pathlib import Path

import pytest

from demos.core.settings import MIB, Settings, read_settings


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_limits_are_those_of_the_documentation() -> None:
    assert Settings().max_image_bytes == 20 * MIB
    assert Settings().max_image_pixels == 40_000_000


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_every_field_can_be_set(field) -> None:
    text = "cuda:1" if isinstance(field.default, str) else "7"
    settings = read_settings({f"DLW_{field.name.upper()}": text})
    value = getattr(settings, field.name)
    assert str(value) in (text, "7.0")
    assert type(value) is type(field.default)


def test_other_variables_are_left_alone() -> None:
    assert read_settings({"PATH": "x", "DLW_UNKNOWN": "1"}) == Settings()


def test_a_malformed_value_names_the_variable() -> None:
    with pytest.raises(ValueError, match="DLW_QUEUE_LIMIT='many' is not int"):
        read_settings({"DLW_QUEUE_LIMIT": "many"})


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_the_readme_lists_it_with_its_default(field) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    row = next(line for line in readme.splitlines() if f"`DLW_{field.name.upper()}`" in line)
    shown = row.split("|")[2].strip().strip("`")
    assert type(field.default)(shown) == field.default
