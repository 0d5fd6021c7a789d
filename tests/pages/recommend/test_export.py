"""Taking the list away, in Streamlit's harness."""

from streamlit.testing.v1 import AppTest

from tests.core.recommend import test_report
from tests.pages.harness import ran


def script() -> None:
    from pages.components.recommend.export import export_list
    from tests.core.recommend import test_report, tiny

    export_list("demo", tiny.catalog(), test_report.report())


def test_three_files_and_the_record_are_offered() -> None:
    app = ran(AppTest.from_function(script, default_timeout=60))
    labels = [each.proto.label for each in app.get("download_button")]
    assert labels == ["Report (HTML)", "List (CSV)", "All data (JSON)"]
    assert test_report.report().snippet in [each.value for each in app.code]
