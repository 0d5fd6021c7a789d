"""The decision view in Streamlit's own harness, on a curve of drawn scores."""

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos.core.decision import Stakes, cheapest, policy, shift
from demos.core.operating_curve import operating_curve, read_curve
from demos.core.results import Outcome
from demos.core.wording import percent
from pages.components.decision_chart import drawn
from pages.components.decision_words import count, plain_share
from tests.pages.harness import ran

KIND = SimpleNamespace(key="chest", title_of={"PNEUMONIA": "Pneumonia"}.get)


def measured(spread: float = 3.0) -> dict[str, Any]:
    """523 images, 388 of them positive, with log-odds `spread` wide around -4 and 4."""
    rng = np.random.default_rng(0)
    labels = np.arange(523) < 388
    scores = 1 / (1 + np.exp(-rng.normal(np.where(labels, 4, -4), spread)))
    return operating_curve(scores, labels, 0.5, positive="PNEUMONIA", split="validation")


CURVE = measured()


def page(
    probability: float = 0.8, outcome: Outcome = Outcome.ANSWER, curve: dict[str, Any] = CURVE
) -> AppTest:
    def script(**given: object) -> None:
        from pages.components.decision import show_decision

        show_decision(**given)

    result = SimpleNamespace(outcome=outcome, score_of={"PNEUMONIA": probability}.__getitem__)
    app = AppTest.from_function(
        script, default_timeout=60, kwargs={"result": result, "kind": KIND, "curve": curve}
    )
    return ran(app)


def setting(app: AppTest, **values: float) -> AppTest:
    for name, value in values.items():
        if name == "prevalence":
            app.select_slider("chest.decision.prevalence").set_value(value)
        else:
            app.number_input(f"chest.decision.{name}").set_value(value)
    return ran(app)


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.info)
    return "\n".join(each.value for group in groups for each in group).replace("\u00a0", " ")


def rule(app: AppTest) -> str:
    return str(app.subheader[0].value)


def advice(app: AppTest) -> str:
    return str(app.subheader[1].value)


def row(app: AppTest, name: str) -> list[str]:
    found = re.search(rf"^\| \**{name}[^|]*\| (.*) \|$", text(app), re.MULTILINE)
    assert found, name
    return found[1].split(" | ")


def test_the_cheapest_rule_its_consequences_and_the_alternatives() -> None:
    app = page()
    curve, stakes = read_curve(CURVE), Stakes(500, 50, 0.1)
    best = cheapest(curve, stakes)
    assert best is not None
    chosen = policy(curve, best, stakes)
    assert rule(app) == f"Act from a probability of {percent(chosen.shifted)}"
    shown = text(app)
    assert "Of 1,000 people, **100** have pneumonia" in shown
    assert f"{count(chosen.missed)} missed" in shown
    assert row(app, "Act on everyone") == ["0", "900", "45,000"]
    assert row(app, "Act on no one") == ["100", "0", "50,000"]
    assert row(app, "Act from [0-9]")[0] == count(chosen.missed)
    value, interval = row(app, "Sensitivity")
    assert value == percent(chosen.sensitivity.value or 0)
    assert interval == f"{percent(chosen.sensitivity.low)} to {percent(chosen.sensitivity.high)}"
    for name in ("Specificity", "Positive predictive value", "Negative predictive value"):
        assert " to " in row(app, name)[1]
    assert "From 388 validation images with and 135 without" in shown
    assert len(app.get("plotly_chart")) == 1


def test_this_image_is_decided_on_its_corrected_probability() -> None:
    app = page(0.8)
    corrected = shift(0.8, 0.5, 0.1)
    assert f"10 % of people have it: **{percent(corrected)}**" in text(app)
    assert "As calibrated, where 50 % do: 80.0 %" in text(app)
    assert advice(app) == "Act"
    assert advice(setting(app, miss=60.0)) == "Leave alone"
    assert advice(page(0.02)) == "Leave alone"
    assert "decides all the same" not in text(app)
    assert "decides all the same" in text(page(0.5, Outcome.UNSURE))


def test_at_the_prevalence_it_was_calibrated_for_nothing_is_corrected() -> None:
    app = setting(page(0.8), prevalence=50.0)
    assert "Probability of pneumonia: **80.0 %**, at or above the threshold" in text(app)
    assert "need no correction" in text(app)


def test_where_probabilities_no_longer_hold_is_said() -> None:
    app = page()
    shown = text(app)
    assert "hold where 50 % of people have pneumonia. At 10 % they no longer do" in shown
    expected = re.search(r"would expect (\d+) cases among 1,000 people instead of 100", shown)
    assert expected and int(expected[1]) > 120
    corrected = re.search(r"as everywhere in this section, they expect (\d+)", shown)
    assert corrected and abs(int(corrected[1]) - 100) < abs(int(expected[1]) - 100)
    assert "only their numbers differ" in shown
    assert "on images from elsewhere" in shown


def test_probabilities_that_disagree_with_what_was_found_are_named() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(600) < 300
    scores = np.where(rng.random(600) < 0.5, 0.6, 0.3)
    curve = operating_curve(scores, labels, 0.5, positive="PNEUMONIA", split="validation")
    shown = text(setting(page(curve=curve), prevalence=50.0))
    assert "except that from 20 to 50 % it says 30.0 % on average where" in shown
    assert "| 20–50 % |" in shown and "| no |" in shown
    honest = text(setting(page(curve=measured(2.83)), prevalence=50.0))
    assert "as far as 523 validation images can tell" in honest


def test_when_the_model_does_not_pay_it_says_so() -> None:
    app = setting(page(), alarm=0.0)
    assert rule(app) == "Act on everyone"
    assert advice(app) == "Act"
    assert "the model does not pay" in text(app)
    assert row(app, "Negative predictive value") == ["none", "nobody to count"]
    app = setting(page(0.99), miss=0.0)
    assert rule(app) == "Act on no one"
    assert advice(app) == "Leave alone"
    assert row(app, "Sensitivity") == ["0.0 %", "by definition"]
    assert "at or above the threshold" not in text(app) and "below the" not in text(app)


def test_without_costs_there_is_nothing_to_decide() -> None:
    app = setting(page(), miss=0.0, alarm=0.0)
    assert "no threshold is better than another" in app.info[0].value
    assert not app.subheader


def test_choices_are_kept() -> None:
    app = setting(page(), miss=1234.0, prevalence=2.0)
    assert app.number_input("chest.decision.miss").value == 1234
    assert "**20** have pneumonia" in text(app)
    assert "**20** have pneumonia" in text(ran(app))


@pytest.mark.parametrize("prevalence", [0.001, 0.1, 0.5, 0.95])
@pytest.mark.parametrize("image", [0.0, 1e-7, 0.4, 1.0])
@pytest.mark.parametrize("costs", [(500, 50), (1, 1e6), (1e6, 1), (0, 5), (5, 0)])
def test_the_chart_marks_what_the_words_say(
    prevalence: float, image: float, costs: tuple[float, float]
) -> None:
    curve, stakes = read_curve(CURVE), Stakes(*costs, prevalence)
    best = cheapest(curve, stakes)
    assert best is not None
    chosen = policy(curve, best, stakes)
    figure = drawn(curve, stakes, chosen, shift(image, 0.5, prevalence))
    layout = figure["layout"]
    low, high = layout["xaxis"]["range"]
    assert low < high
    assert 2 <= len(layout["xaxis"]["tickvals"]) <= 6
    assert all(low <= at <= high for at in layout["xaxis"]["tickvals"])
    marks = [each for each in layout["shapes"] if each["x0"] == each["x1"]]
    assert all(low <= each["x0"] <= high for each in marks if image not in (0.0, 1e-7, 1.0))
    named = [each for each in layout["annotations"] if "cheapest" in each["text"]]
    inside = 0 < chosen.threshold < 1
    assert len(marks) == 1 + inside and len(named) == inside
    assert all(len(line["x"]) == len(line["y"]) for line in figure["data"])
    if inside:
        assert percent(chosen.shifted) in named[0]["text"]


def test_people_and_shares_as_they_are_said() -> None:
    assert [count(n) for n in (0, 0.01, 0.32, 3.0, 9.96, 827.4, 1000)] == [
        *("0", "< 0.1", "0.3", "3", "10", "827", "1,000")
    ]
    assert [plain_share(s) for s in (0.001, 0.1, 0.07)] == ["0.1 %", "10 %", "7 %"]
