"""What the theme in `.streamlit/config.toml` cannot say: the logo, and a page of CSS."""

from pathlib import Path

import streamlit as st

STATIC = Path(__file__).parent.parent / "static"
ICON = STATIC / "icon.svg"
LOGO = STATIC / "logo.svg"
STYLE = Path(__file__).parent / "theme.css"


def theme_kind() -> str:
    """`light` or `dark`, as the browser shows the app now."""
    return st.context.theme.type or "light"


def apply_theme() -> None:
    """Add the logo and the style sheet to the page being drawn.

    The logo follows the mode by itself: an image has the color scheme of the page around it.
    """
    st.logo(str(LOGO), size="large", icon_image=str(ICON))
    st.html(STYLE)
