"""The shell in Streamlit's own harness, and the theme's colors by calculation."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.catalog import DEMOS
from demos.core.devices import CPU
from demos.core.settings import GIB, MIB
from demos.core.spec import Hub, ModelSpec
from demos.core.store import ModelStore
from pages.components import model_store, readiness
from pages.components.routes import PAGES, by_industry, page_file
from pages.components.theme import LOGO

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
THEME = CONFIG["theme"]
STYLE = (PAGES / "components" / "theme.css").read_text()
FONTS = PAGES / "static"
MODES = ("light", "dark")

SMALL = ModelSpec(
    "demo",
    "small",
    "Small model",
    Hub("owner/name", "0" * 40, ("model.safetensors",), 1),
    256 * MIB,
    "MIT",
    "",
)
OTHER = replace(SMALL, name="other", title="Other model")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelStore]:
    """The process's store, with models that take no time and no memory."""
    small = ModelStore(lambda spec, device: object(), CPU, 1 * GIB, 900.0, 1.0, 4)
    monkeypatch.setattr(model_store, "_store", small)
    monkeypatch.setattr(readiness, "_followed", [])
    yield small
    small.close()


def shell() -> AppTest:
    app = AppTest.from_file(str(PAGES / "shell.py"), default_timeout=60).run()
    assert not app.exception
    return app


def panel(app: AppTest) -> str:
    """All text of the sidebar, line by line."""
    kinds = (app.sidebar.markdown, app.sidebar.caption, app.sidebar.warning)
    labels = [each.label for each in app.sidebar.expander]
    return "\n".join([each.value for kind in kinds for each in kind] + labels)


def stage(name: str, state: str, problem: str = "") -> SimpleNamespace:
    return SimpleNamespace(name=name, state=state, problem=problem)


# Navigation


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.slug)
def test_every_demo_has_its_page(demo: Any) -> None:
    assert page_file(demo).is_file()
    assert page_file(demo).stem == demo.slug


def test_industries_keep_the_order_of_the_catalog() -> None:
    specs = [
        replace(DEMOS[0], slug=slug, industry=industry)
        for slug, industry in [("a", "Retail"), ("b", "Public sector"), ("c", "Retail")]
    ]
    grouped = {name: [each.slug for each in demos] for name, demos in by_industry(specs).items()}
    assert grouped == {"Retail": ["a", "c"], "Public sector": ["b"]}
    assert list(grouped) == ["Retail", "Public sector"]
    assert page_file(specs[1]) == PAGES / "public_sector" / "b.py"


# The resource panel


def test_the_panel_shows_an_empty_store(store: ModelStore) -> None:
    app = shell()
    shown = panel(app)
    assert "CPU, float32" in shown
    assert "Ready, nobody is waiting" in shown
    assert "Loaded models: 0" in shown
    assert app.button(key="unload_idle").disabled
    assert re.search(r"Whole process: [\d.]+ GiB", shown)


def test_the_panel_lists_models_and_unloads_one(store: ModelStore) -> None:
    for spec in (SMALL, OTHER):
        with store.borrow(spec):
            pass
    app = shell()
    assert "Loaded models: 2" in panel(app)
    assert re.search(r"Small model.*0\.25 GiB, idle for \d", panel(app), re.DOTALL)
    app.button(key="unload_demo_small").click().run()
    assert [model.spec.name for model in store.snapshot().models] == ["other"]
    assert "Loaded models: 1" in panel(app)


def test_a_model_in_use_cannot_be_unloaded(store: ModelStore) -> None:
    with store.borrow(OTHER):
        pass
    with store.borrow(SMALL):
        app = shell()
        assert "in use by 1" in panel(app)
        assert app.button(key="unload_demo_small").disabled
        app.button(key="unload_idle").click().run()
        assert [model.spec.name for model in store.snapshot().models] == ["small"]


def test_the_panel_says_what_is_warming_up(store: ModelStore) -> None:
    stages = (stage("Importing", "done"), stage("Loading cells", "running"), stage("x", "waiting"))
    readiness.follow(SimpleNamespace(stages=stages))  # type: ignore[arg-type]
    shown = panel(shell())
    assert "Warming up, step 2 of 3: Loading cells" in shown
    assert "Ready" not in shown


def test_a_failed_warm_up_is_not_hidden(store: ModelStore) -> None:
    stages = (stage("a", "failed", "Loading a failed."), stage("b", "failed", "Loading b failed."))
    readiness.follow(SimpleNamespace(stages=stages))  # type: ignore[arg-type]
    app = shell()
    assert [each.value for each in app.sidebar.warning] == ["Loading a failed. 1 more failed, too."]
    assert "Ready" not in panel(app)


# The theme


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG 2.2 defines it."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def style_colors(mode: str) -> dict[str, str]:
    """The custom properties of the style sheet that are plain colors, in one mode."""
    pairs = re.findall(r"--dlw-([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", STYLE)
    return {name: light if mode == "light" else dark for name, light, dark in pairs}


def test_contrast_is_computed_as_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
def test_text_stands_out_on_every_surface(mode: str) -> None:
    theme, style = THEME[mode], style_colors(mode)
    surfaces = {
        theme["backgroundColor"],
        theme["secondaryBackgroundColor"],
        theme["codeBackgroundColor"],
        *(color for key, color in theme["sidebar"].items() if key.endswith("ackgroundColor")),
        style["card"],
    }
    inks = {
        theme["textColor"],
        theme["primaryColor"],
        theme["linkColor"],
        theme["grayTextColor"],
        theme["orangeTextColor"],
        style["muted"],
    }
    low = [(a, b, contrast(a, b)) for a in inks for b in surfaces if contrast(a, b) < 4.5]
    assert low == []


@pytest.mark.parametrize("mode", MODES)
def test_text_stands_out_on_its_tint(mode: str) -> None:
    theme, style = THEME[mode], style_colors(mode)
    names = ("red", "orange", "yellow", "blue", "green", "violet", "gray")
    pairs = [(theme[f"{name}TextColor"], theme[f"{name}BackgroundColor"]) for name in names]
    pairs += [(theme["textColor"], background) for _, background in pairs]
    pairs += [(style["on-accent"], theme["primaryColor"])]
    assert [(a, b) for a, b in pairs if contrast(a, b) < 4.5] == []


@pytest.mark.parametrize("mode", MODES)
def test_series_stand_out_on_the_page(mode: str) -> None:
    colors = THEME[mode]["chartCategoricalColors"]
    background = THEME[mode]["backgroundColor"]
    assert len(set(colors)) == len(colors)
    assert [each for each in colors if contrast(each, background) < 3] == []


@pytest.mark.parametrize("mode", MODES)
def test_there_is_one_accent_and_one_warning(mode: str) -> None:
    theme = THEME[mode]
    signals = {theme[f"{name}Color"] for name in ("red", "orange", "yellow", "blue", "green")}
    assert signals == {theme["primaryColor"], theme["orangeColor"]}


@pytest.mark.parametrize("mode", MODES)
def test_the_style_sheet_uses_the_colors_of_the_theme(mode: str) -> None:
    theme, style = THEME[mode], style_colors(mode)
    assert style["accent"] == theme["primaryColor"]
    assert style["warning"] == theme["orangeColor"]
    assert style["border"] == theme["borderColor"]
    assert style["muted"] == theme["grayTextColor"]
    assert style["tint"] == theme["greenBackgroundColor"]
    assert style["warning-tint"] == theme["orangeBackgroundColor"]
    assert style["spark"] == theme["chartCategoricalColors"][1]


def test_fonts_are_here_small_and_licensed() -> None:
    files = [FONTS / Path(face["url"]).name for face in THEME["fontFaces"]]
    assert all(face["url"].startswith("app/static/") for face in THEME["fontFaces"])
    assert sum(file.stat().st_size for file in files) < 400_000
    assert "SIL Open Font License" in (FONTS / "inter-LICENSE.txt").read_text()


def test_the_logo_uses_the_colors_of_the_theme() -> None:
    light, _, dark = LOGO.read_text().partition("@media (prefers-color-scheme: dark)")
    for mode, style in (("light", light), ("dark", dark)):
        theme = THEME[mode]
        colors = dict(re.findall(r"\.(\w+) \{ fill: (#\w+); \}", style))
        assert colors == {
            "accent": theme["primaryColor"],
            "spark": theme["chartCategoricalColors"][1],
            "text": theme["textColor"],
        }
