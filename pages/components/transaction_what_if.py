"""What if one input had been otherwise? A few knobs, the score at once, and a chart along one.

Generic: the knobs, and a function that gives the probability under any setting of them.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from demos.core.errors import UserError
from demos.core.knobs import Ask, Knob, Setting
from demos.core.reasons import factor, log_odds
from demos.core.wording import percent
from pages.components.prediction import show_problem
from pages.components.transaction_what_if_chart import Line, show_line


@st.fragment
def show_transaction_what_if(
    knobs: Sequence[Knob], ask: Ask, threshold: float, key: str, event: str = "fraud"
) -> None:
    """Knobs that start where the input is; acting is from the probability `threshold` on.

    `key` names the input, its file and the model: what was set and found belongs to them.
    """
    st.header("What if it had been otherwise?", anchor=False)
    setting = set_knobs(knobs, key)
    start = {each.name: each.start for each in knobs}
    swept = next((each for each in knobs if each.grid), None)
    try:
        line = swept_line(swept, setting, ask, key) if swept else []
        was, now = ask([start, setting])
    except UserError as error:
        show_problem(error, "transaction_what_if")
        return
    with st.container(border=True):
        before, after, rule = st.columns(3, gap="medium")
        before.metric(f"Probability of {event} as it is", percent(was))
        edit = change(was, now) if setting != start else "nothing edited yet"
        after.metric("As edited", percent(now), edit, delta_color="off", delta_arrow="off")
        with rule:
            st.markdown(verdict(was, now, threshold))
    if swept is not None:
        show_line(swept, setting[swept.name], now, line, threshold, event, key)


def set_knobs(knobs: Sequence[Knob], key: str) -> Setting:
    """The values as they stand, with a way back."""
    values: dict[str, float] = {}
    for place, knob in zip(st.columns(len(knobs), gap="medium"), knobs, strict=True):
        name = f"{key}.{knob.name}"
        st.session_state.setdefault(name, fitting(knob))  # no default below: `reset` sets it
        with place:
            values[knob.name] = float(control(knob, name))
    st.button(
        "Reset",
        icon=":material/restart_alt:",
        on_click=reset,
        args=(knobs, key),
        key=f"{key}.reset",
        disabled=all(values[each.name] == each.start for each in knobs),
        help="Back to the purchase as it is.",
    )
    return values


def fitting(knob: Knob) -> float:
    """The start as the widget wants it: sliders in whole steps count in whole numbers."""
    return int(knob.start) if whole(knob) else float(knob.start)


def whole(knob: Knob) -> bool:
    return not knob.exact and all(
        float(each).is_integer() for each in (knob.low, knob.high, knob.start, knob.step)
    )


def control(knob: Knob, name: str) -> float:
    if knob.low == knob.high:
        st.markdown(f"{knob.title}: **{knob.low:g}**")
        st.caption(knob.help)
        return knob.start
    cast = int if whole(knob) else float
    widget = st.number_input if knob.exact else st.slider
    value: float = widget(
        knob.title,
        min_value=cast(knob.low),
        max_value=cast(knob.high),
        step=cast(knob.step),
        format=knob.format,
        key=name,
        help=knob.help,
        persist_state="session",
    )
    return value


def reset(knobs: Sequence[Knob], key: str) -> None:
    for each in knobs:
        st.session_state[f"{key}.{each.name}"] = fitting(each)


def swept_line(swept: Knob, setting: Setting, ask: Ask, key: str) -> Line:
    """The probability along `swept`; the session keeps it until another knob is turned."""
    others = {name: value for name, value in setting.items() if name != swept.name}
    kept: tuple[Mapping[str, float], Line] | None = st.session_state.get(f"{key}.line")
    if kept is None or kept[0] != others:
        found = ask([{**others, swept.name: value} for value in swept.grid])
        kept = others, list(zip(swept.grid, found, strict=True))
        st.session_state[f"{key}.line"] = kept
    return kept[1]


def change(was: float, now: float) -> str:
    """What the edit does to the odds, which also shows where both are too small to tell apart."""
    return f"odds {factor(log_odds(now) - log_odds(was))}"


def verdict(was: float, now: float, threshold: float) -> str:
    """On which side of the threshold it is, and whether that changed."""
    if threshold > 1:
        return ":material/rule: No threshold is set that any probability reaches."
    side = "At or above" if now >= threshold else "Below"
    icon = "notification_important" if now >= threshold else "check_circle"
    moved = (was >= threshold) != (now >= threshold)
    turn = " **The edit turns the decision.**" if moved else ""
    return f":material/{icon}: **{side} the threshold** of {percent(threshold)}.{turn}"
