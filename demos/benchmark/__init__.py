"""Start, speed and memory of the demos, each measured beside a peer: one run, one table.

`python -m demos.benchmark`. A part per demo: `imaging*.py`, `fraud*.py`, `recommendations*.py`,
`speech*.py`, `language*.py`.
"""
