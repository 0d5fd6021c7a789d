"""What a visitor sees when a page fails."""

import logging
import secrets

import streamlit as st

from demos.core.errors import UserError
from pages.components.text import plain

logger = logging.getLogger(__name__)


def report_script_error(error: Exception) -> bool:
    """Log an exception a page let through, and show a sentence in its place.

    Returns True, which tells Streamlit that the error is shown. The reference joins what the
    visitor reports to what the log says.
    """
    if isinstance(error, UserError):
        st.warning(plain(f"{error.problem} {error.remedy}"), icon=":material/info:")
        return True
    reference = secrets.token_hex(4)
    logger.error("Page failed, reference %s", reference, exc_info=error)
    st.error(
        "Something went wrong on our side, and this page could not finish. "
        f"Reload it to try again; if it fails again, please report reference **{reference}**.",
        icon=":material/error:",
    )
    return True
