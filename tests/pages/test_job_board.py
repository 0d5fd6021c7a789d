"""The one job board of the process."""

import pytest

from demos.core.errors import ModelError
from demos.core.jobs import Jobs, State
from pages.components import job_board as module

PATIENCE = 30.0


@pytest.fixture(autouse=True)
def board_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_board", Jobs(1))


def test_everybody_gets_the_same_board() -> None:
    job = module.job_board().start(lambda job: None)
    assert module.job_board().find(job.id) is job
    assert job.wait(PATIENCE)
    module.close_job_board(PATIENCE)


def test_after_closing_nothing_runs_and_nothing_starts() -> None:
    job = module.job_board().start(lambda job: job.pause(PATIENCE))
    module.close_job_board(PATIENCE)
    assert job.state is State.CANCELED
    with pytest.raises(ModelError):
        module.job_board().start(lambda job: None)
