"""The model card of a demo, with the figures measured for it."""

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from demos.core.spec import PACKAGE, DemoSpec, ModelSpec
from demos.core.wording import percent, score

SHARES = (
    ("accuracy", "Accuracy"),
    ("balanced_accuracy", "Balanced accuracy"),
    ("coverage_95", "95 % sets that hold the true class"),
    ("cross_fitted_coverage", "95 % sets that hold the true class, each half fitted on the other"),
    ("answered", "Images answered (the rest: unsure or refused)"),
    ("accuracy_answered", "Accuracy where it answers"),
    ("refused", "In-scope images refused"),
)
NUMBERS = (
    ("macro_auc", "Macro ROC AUC"),
    ("ece", "Expected calibration error"),
    ("cross_fitted_ece", "Calibration error, each half fitted on the other"),
    ("mean_set_size", "Mean size of the 95 % set"),
)

SPACES = str.maketrans("_-", "  ")


def read_metrics(slug: str, model: str) -> dict[str, Any]:
    """The figures measured for a model; empty where none have been."""
    file = PACKAGE / slug / "metrics.json"
    if not file.exists():
        return {}
    metrics: dict[str, Any] = json.loads(file.read_text()).get(model, {})
    return metrics


def model_card(demo: DemoSpec, spec: ModelSpec, metrics: Mapping[str, Any]) -> None:
    """Summary and license; unfolded, the figures and the card in full."""
    st.markdown(f"{spec.summary} License: {spec.license}.")
    if metrics:
        with st.expander("Measured figures", icon=":material/monitoring:"):
            st.markdown(figures_table(metrics))
            st.caption(basis(metrics))
    card = PACKAGE / demo.slug / "card.md"
    if card.exists():
        with st.expander("The whole model card", icon=":material/description:"):
            st.markdown(card.read_text(), anchors=False)


def basis(metrics: Mapping[str, Any]) -> str:
    """What the figures were measured on, and what else these images were used for."""
    text = f"{metrics['n']:,} {metrics['split']} images. In brackets: 95 % interval."
    if metrics["split"] == "validation":
        text += " Temperature, set threshold and gate limits were set on these same images."
    return text


def figures_table(metrics: Mapping[str, Any]) -> str:
    """The figures that were measured, as a Markdown table."""
    lines = ["| Figure | Value |", "|:--|:--|"]
    for key, title in SHARES:
        if metrics.get(key) is not None:
            bounds = metrics.get(f"{key}_ci95")
            extra = f" ({percent(bounds[0])} to {percent(bounds[1])})" if bounds else ""
            lines.append(f"| {title} | {percent(metrics[key])}{extra} |")
    for key, title in NUMBERS:
        if metrics.get(key) is not None:
            lines.append(f"| {title} | {score(metrics[key])} |")
    for name, share in metrics.get("out_of_scope", {}).items():
        refused = f"{percent(share['refused'])} of {share['n']:,}"
        lines.append(f"| Refused of {name.translate(SPACES)} | {refused} |")
    return "\n".join(lines)
