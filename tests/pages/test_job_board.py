"""The job boards of the process: one for long work, one for what somebody waits for."""

import pytest

from demos.core.errors import ModelError
from demos.core.jobs import Jobs, State
from pages.components import job_board as module
from pages.components.job_progress import said

PATIENCE = 30.0


@pytest.fixture(autouse=True)
def board_of_this_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_board", Jobs(1))
    monkeypatch.setattr(module, "_texts", Jobs(1))


def test_everybody_gets_the_same_board() -> None:
    job = module.job_board().start(lambda job: None)
    assert module.job_board().find(job.id) is job
    assert job.wait(PATIENCE)
    module.close_job_boards(PATIENCE)


def test_a_text_does_not_wait_for_the_files_of_others() -> None:
    files = [module.job_board().start(lambda job: job.pause(PATIENCE)) for _ in range(3)]
    text = module.text_board().start(lambda job: "said")
    assert text.wait(PATIENCE) and text.result == "said"
    assert not any(each.finished for each in files)
    assert "yours is number" in said(files[2], "") and module.job_board().position(files[2])
    module.close_job_boards(PATIENCE)
    assert all(each.finished for each in files)


def test_after_closing_nothing_runs_and_nothing_starts() -> None:
    job = module.job_board().start(lambda job: job.pause(PATIENCE))
    module.close_job_boards(PATIENCE)
    assert job.state is State.CANCELED
    with pytest.raises(ModelError):
        module.job_board().start(lambda job: None)
    with pytest.raises(ModelError):
        module.text_board().start(lambda job: None)
