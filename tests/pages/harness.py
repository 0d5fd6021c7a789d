"""Pages in Streamlit's harness: run them, read their address, wait for the job that it names."""

from streamlit.testing.v1 import AppTest

from demos.core.jobs import Job, Jobs

PATIENCE = 30.0
"""Seconds."""


def ran(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def query(app: AppTest) -> dict[str, str]:
    return {
        name: values if isinstance(values, str) else values[0]
        for name, values in app.query_params.items()
    }


def job_of(app: AppTest, board: Jobs) -> Job:
    job = board.find(query(app)["job"])
    assert job is not None
    return job


def finished(app: AppTest, board: Jobs) -> AppTest:
    assert job_of(app, board).wait(PATIENCE)
    return ran(app)


def hand_in(app: AppTest, data: bytes, name: str = "mine.csv") -> AppTest:
    app.file_uploader[0].set_value((name, data, "text/csv"))
    return ran(app)


def press(app: AppTest, label: str) -> AppTest:
    next(each for each in app.button if each.label == label).click()
    return ran(app)


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.button]
