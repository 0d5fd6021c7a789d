"""Downloads from the Hub as jobs that sessions share."""

import threading

from demos.core.jobs import Job, Jobs
from demos.core.spec import Hub


class Downloads:
    """One download per model, whoever asks for it: a job on the board, found by its model."""

    def __init__(self, jobs: Jobs, endpoint: str | None = None) -> None:
        self._jobs = jobs
        self._endpoint = endpoint
        self._ids: dict[Hub, str] = {}
        self._lock = threading.Lock()

    def find(self, source: Hub) -> Job | None:
        """The latest download of the model, running or over, while the board remembers it."""
        with self._lock:
            return self._jobs.find(self._ids.get(source, ""))

    def start(self, source: Hub) -> Job:
        """The running download of the model, or a new one. Raises `Busy` if the board is full."""
        from demos.core.download import download  # loads the Hub's client

        with self._lock:
            job = self._jobs.find(self._ids.get(source, ""))
            if job is None or job.finished or job.canceling:
                job = self._jobs.start(lambda job: download(source, job.report, self._endpoint))
                self._ids[source] = job.id
            return job
