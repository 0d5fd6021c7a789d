"""The house as a web server: warm-up, health, response headers, origins, quotas, shutdown.

Everything Streamlit itself does not do around the pages. `app.py` puts the parts together.
"""

VERSION = "0.1.0"
