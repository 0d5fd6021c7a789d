"""What the synthesized speech buys: two networks trained alike, one without it, on real clips.

    python -m demos.speech_recognition.ablate --run runs/speech

Both from random weights, for a tenth of the steps of what is shipped. Left out are synthesized
words of the vocabulary and strings of digits; unknown words stay: there are hardly any others.
Prints how each does on validation clips; compare "thin", "rich" and "digits", which are recordings
of people.
"""

import argparse
from pathlib import Path

from demos.speech_recognition.corpus import Clip, read
from demos.speech_recognition.train import Program, train

PROGRAM: Program = (("near", 2000),)
LEFT_OUT = ("synthetic words", "synthetic strings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    arguments = parser.parse_args()
    clips = read(arguments.run / "corpus.npz")
    for name, kept in (("with", clips), ("without", without(clips))):
        folder = arguments.run / name
        folder.mkdir(exist_ok=True)
        print(name, flush=True)
        train(kept, folder, PROGRAM)


def without(clips: list[Clip]) -> list[Clip]:
    """Of synthesized training clips only those that are no word of ours."""
    return [each for each in clips if each.split != "train" or each.source not in LEFT_OUT]


if __name__ == "__main__":
    main()
