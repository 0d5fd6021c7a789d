"""Similar items: search one, see what is like it."""

from streamlit.testing.v1 import AppTest

from tests.pages.harness import ran


def script() -> None:
    import streamlit as st

    from pages.components.recommend.similar import show_similar
    from tests.core.recommend import tiny

    catalog = tiny.catalog()

    def search(key: str) -> int | None:
        return st.selectbox("Find a film", range(1, 41), index=None, key=key)

    show_similar("demo", catalog, search, start=29, history=[30])


def text(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption)).replace("\\", "")


def test_what_is_told_above_is_not_repeated_and_a_search_brings_neighbors() -> None:
    app = ran(AppTest.from_function(script, default_timeout=60))
    assert "What is like “Toy Parade (1995)” is told above." in text(app)
    assert "Like **" not in text(app)
    app.selectbox(key="demo.tiny.similar").set_value(29)
    ran(app)
    assert "Like **Toy Parade (1995)**" in text(app)
    assert "Toy Parade 2 (1999) :small[Children, 610 viewers] :gray[0." in text(app)
    assert text(app).count("in the history") == 2  # in both lists
    assert "All 40 films were compared." in text(app)
    assert "told above" not in text(app)


def test_where_nothing_is_known_it_says_so() -> None:
    def unknown() -> None:
        from dataclasses import replace

        import numpy as np

        from pages.components.recommend.similar import show_neighbors
        from tests.core.recommend import tiny

        catalog = tiny.catalog()
        show_neighbors(replace(catalog, text=np.zeros_like(catalog.text)), 5)

    app = ran(AppTest.from_function(unknown, default_timeout=60))
    assert "**Titles that mean alike**\n\nNothing is known to compare it by." in text(app)
