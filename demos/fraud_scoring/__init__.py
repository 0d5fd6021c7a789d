"""Fraud scoring: a month of card transactions in, the cards worth a call out."""

from demos.core.spec import Bundled, DemoSpec, ModelSpec

SPEC = DemoSpec(
    slug="fraud_scoring",
    title="Fraud scoring",
    industry="Finance",
    icon="credit_card",
    question="Which of these cards should we call first?",
    summary="Scores a month of card transactions from the history of every card and terminal; "
    "says which cards to call, why, and what threshold your team's capacity and money suggest.",
    models=(
        ModelSpec(
            demo="fraud_scoring",
            name="card_history",
            title="Card and terminal history, our network",
            source=Bundled(
                "fraud_scoring/weights/fraud_scoring.safetensors",
                "38c1c17a03efcbaaca37b6df3d071efe75dc36218355a2ecbc5db781570c55c2",
            ),
            memory_bytes=16 * 1024**2,
            license="Apache-2.0, as the code; trained on our own simulator",
            group="card_history",
            summary="An ensemble of two perceptrons on 39 features of a transaction and its past, "
            "trained on millions of simulated transactions.",
        ),
    ),
    disclaimer="A demonstration, trained on simulated transactions: no basis for declining "
    "anybody's payment.",
)
