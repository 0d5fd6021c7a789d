"""Deep Learning at Work: `streamlit run app.py`.

This file is the server. What a visitor sees begins in `pages/shell.py`.
"""

from demos.core.threads import prepare_environment

prepare_environment()  # before anything can import torch

import streamlit as st  # noqa: E402

from demos.core.settings import read_settings  # noqa: E402
from pages.components.job_board import close_job_boards  # noqa: E402
from pages.components.model_store import (  # noqa: E402
    close_model_store,
    existing_model_store,
    model_store,
)
from server.api import routes  # noqa: E402
from server.lifespan import lifespan  # noqa: E402
from server.logs import configure_logging  # noqa: E402
from server.middleware import middleware  # noqa: E402
from server.script_errors import report_script_error  # noqa: E402
from server.warmup import WarmUp, house_steps  # noqa: E402

configure_logging()
warm_up = WarmUp(house_steps(model_store))

app = st.App(
    "pages/shell.py",
    lifespan=lifespan(warm_up, close_job_boards, close_model_store),
    routes=routes(warm_up, existing_model_store),
    middleware=middleware(read_settings()),
    on_script_error=report_script_error,
)
