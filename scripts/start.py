"""Set up what is missing, then start the dashboard.

python3 scripts/start.py [options of `streamlit run`]
"""

import os
import sys

from environment import ROOT, prepare, require_python


def main() -> None:
    require_python()
    python = prepare(ROOT / "requirements.txt")
    os.chdir(ROOT)  # Streamlit looks for .streamlit/ in the current folder
    streamlit = ["-m", "streamlit", "run", "app.py"]
    sys.stdout.flush()
    os.execv(python, [str(python), *streamlit, *sys.argv[1:]])


if __name__ == "__main__":
    main()
