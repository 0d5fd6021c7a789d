"""The model card of a demo, with the figures measured for it."""

import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from demos.core.spec import PACKAGE, DemoSpec, ModelSpec
from demos.core.wording import percent, score

SHARES = (
    ("in_scope_accuracy", "Requests of known kinds that are sorted rightly"),
    ("oos_recall", "Requests of no known kind that are noticed"),
    ("exact_match", "Answers that are right word for word"),
    ("recall_at_10", "The next item is among the ten recommended (recall@10)"),
    ("catalog_coverage", "Share of the catalog in anybody's ten"),
    ("exact", "Recordings of one word that are heard right, all 35 words"),
    ("exact_rich", "The same, the 12 words with many recordings"),
    ("macro_recall", "Words heard where they are said, each word counting as much"),
    ("exact_digits", "Spoken digits that are heard right, speakers known, takes new"),
    ("wer", "Word error rate"),
    ("wer_strings", "Word error rate on digit strings by learners of English"),
    ("sentences_rejected", "Read sentences, whose words it does not know, turned away whole"),
    ("sounds_rejected", "Sounds without a voice in which no word is heard"),
    ("base_rate", "Base rate: share of the class that is looked for"),
    ("average_precision", "Average precision"),
    ("precision_of_first_100_cards", "Precision among the 100 highest-scored cards of a day"),
    ("precision_at_half", "Precision at a probability of 0.5"),
    ("recall_at_half", "Recall at a probability of 0.5"),
    ("accuracy", "Accuracy"),
    ("balanced_accuracy", "Balanced accuracy"),
    ("sensitivity", "Sensitivity, first choice"),
    ("specificity", "Specificity, first choice"),
    ("changed_accuracy", "Accuracy on these images changed as for training"),
    ("coverage_95", "95 % sets that hold the true class"),
    ("cross_fitted_coverage", "95 % sets that hold the true class, each half fitted on the other"),
    ("changed_coverage", "95 % sets that hold the true class, images changed as for training"),
    ("answered", "Answered (the rest: unsure or refused)"),
    ("accuracy_answered", "Accuracy where it answers"),
    ("refused", "In-scope inputs refused"),
)
NUMBERS = (
    ("f1", "F1"),
    ("spearman", "Rank correlation with what people say of how alike two sentences are"),
    ("rouge1", "ROUGE-1 against the best of several summaries by people"),
    ("rouge1_lead", "The same, first sentences alone"),
    ("bleu_de", "BLEU into German"),
    ("bleu_fr", "BLEU into French"),
    ("ndcg_at_10", "NDCG@10, all items ranked"),
    ("novelty_bits", "Novelty: mean surprise of what is recommended, bits"),
    ("popularity_bias", "Popularity of what is recommended over that of what people take"),
    ("roc_auc", "ROC AUC"),
    ("macro_auc", "Macro ROC AUC"),
    ("ece", "Expected calibration error"),
    ("cross_fitted_ece", "Calibration error, each half fitted on the other"),
    ("changed_auc", "ROC AUC, images changed as for training"),
    ("changed_ece", "Calibration error, images changed as for training"),
    ("brier", "Brier score"),
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
    st.header("About the model", anchor=False)
    st.markdown(f"{spec.summary} License: {spec.license}.")
    if "faithfulness" in metrics:
        st.markdown(f":material/center_focus_strong: {faithfulness(metrics['faithfulness'])}")
    if metrics:
        with st.expander("Measured figures", icon=":material/monitoring:"):
            st.markdown(figures_table(metrics))
            st.caption(basis(metrics))
    card = PACKAGE / demo.slug / "cards" / f"{spec.name}.md"
    if card.exists():
        whole = st.expander("The whole model card", icon=":material/description:")
        with whole, st.container(key="figures_card"):
            st.markdown(card.read_text(), anchors=False)


def faithfulness(measured: Mapping[str, Any]) -> str:
    """How much the marked regions matter to the answer, in one sentence and a verdict."""
    share = percent(measured["share"])
    by_map, by_center, by_chance = (
        100 * measured["lost"][name] for name in ("map", "center", "random")
    )
    told = (
        f"How far to trust the marked regions: blurring the {share} of an image that they rank "
        f"highest takes {by_map:.0f} points from the probability of the answer on average, the "
        f"{share} nearest to the center {by_center:.0f}, a random {share} {by_chance:.0f} "
        f"({measured['n']:,} images)."
    )
    if by_map <= by_chance:
        return f"{told} They mark no better than chance would."
    if by_map <= by_center:
        return f"{told} That is far from chance, but pointing at the center would do as well."
    return told


def basis(metrics: Mapping[str, Any]) -> str:
    """What the figures were measured on, and what else these examples were used for."""
    text = f"{metrics['n']:,} {metrics['split']} examples. In brackets: 95 % interval."
    if metrics["split"] == "validation" and "coverage_95" in metrics:
        text += " Temperature, set threshold and gate limits were set on these same images"
        text += (
            ", the first two after changing them as for training."
            if "changed_n" in metrics
            else "."
        )
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
