import pytest

from demos.speech_recognition.doubts import before_loop, is_improbable, is_silence, repeats


def test_silence_takes_two_signs() -> None:
    assert is_silence(0.7, -1.1)
    assert not is_silence(0.7, -0.9)
    assert not is_silence(0.5, -3.0)
    assert is_improbable(-1.1) and not is_improbable(-0.9)


def test_a_text_that_repeats_itself_is_noticed() -> None:
    assert repeats("thank you for watching " * 12)
    assert not repeats("we choose to go to the moon in this decade and do the other things")
    assert not repeats("no no no") and not repeats("")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("so it goes on and on and on and on", "so it goes on and"),
        ("a b c d", "a b c d"),
        ("yes yes", "yes yes"),
        ("well yes yes yes yes", "well yes"),
        ("I am here . I am here . I am here . I am", "I am here ."),
        ("", ""),
    ],
)
def test_a_loop_is_cut_after_its_first_round(text: str, kept: str) -> None:
    words = text.split()
    assert words[: before_loop(words)] == kept.split()
