"""Deep Learning at Work: the demos, usable from Python, tests, HTTP and batch jobs alike.

Nothing in this package imports Streamlit. `catalog` lists the demos, `core` holds the machinery
they share, and every other folder is one demo.
"""
