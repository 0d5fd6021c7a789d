"""Where the page of a demo lies: `pages/<industry>/<slug>.py`, served at `/<slug>`."""

from collections.abc import Iterable
from pathlib import Path

from demos.core.spec import DemoSpec

PAGES = Path(__file__).parent.parent


def page_file(demo: DemoSpec) -> Path:
    """The script of a demo's page; its folder is the industry in lower case, `_` for spaces."""
    return PAGES / demo.industry.lower().replace(" ", "_") / f"{demo.slug}.py"


def by_industry(demos: Iterable[DemoSpec]) -> dict[str, list[DemoSpec]]:
    """Demos under their industry, both in the order of the catalog."""
    industries: dict[str, list[DemoSpec]] = {}
    for demo in demos:
        industries.setdefault(demo.industry, []).append(demo)
    return industries
