"""Where log records go: to standard error, with a time, for whoever runs the server to collect."""

import logging

OURS = ("demos", "pages", "server")


def configure_logging() -> None:
    """Show our own records from INFO up and everybody else's warnings.

    Streamlit and uvicorn have handlers of their own and do not pass their records on.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
