"""Where every page begins: configuration, navigation, the resource panel, then the page itself."""

import streamlit as st

from demos.catalog import DEMOS
from pages.components.resources import resource_panel
from pages.components.routes import PAGES, by_industry, page_file
from pages.components.theme import ICON, apply_theme

NAME = "Deep Learning at Work"
ABOUT = (
    "Deep-learning models at work, on this machine and nowhere else. Apache-2.0; the typeface "
    "Inter is under the SIL Open Font License. What each model learned from is on its own page."
)

# Before the navigation, which would otherwise fetch the page's symbol as an icon from elsewhere.
st.set_page_config(
    page_icon=str(ICON),
    layout="wide",
    menu_items={"About": ABOUT},  # without an entry of ours the menu, and its theme switch, hides
)
apply_theme()

home = st.Page(PAGES / "home.py", title="All demos", icon=":material/apps:", default=True)
sections = {
    industry: [
        st.Page(
            page_file(demo),
            title=demo.title,
            icon=f":material/{demo.icon}:",
            url_path=demo.slug,
        )
        for demo in demos
    ]
    for industry, demos in by_industry(DEMOS).items()
}
page = st.navigation({"": [home], **sections}, expanded=True)

st.set_page_config(page_title=NAME if page is home else f"{page.title} · {NAME}")

with st.sidebar:
    resource_panel()

page.run()
