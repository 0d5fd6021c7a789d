"""One case up close: why it has its score, what came before, who else was there, and what if."""

from demos.core.close_up import CloseUp
from demos.core.knobs import Ask
from demos.core.reasons import Account
from pages.components.network_chart import show_network
from pages.components.reasons import show_reasons
from pages.components.timeline import show_timeline
from pages.components.transaction_what_if import show_transaction_what_if


def show_case(account: Account, around: CloseUp, ask: Ask, threshold: float, key: str) -> None:
    """`ask` gives probabilities under edits; `key` names the case, its table and the model."""
    show_reasons(account)
    show_timeline(around.lanes, around.currency, around.labels_end)
    show_network(around.network, around.days)
    show_transaction_what_if(around.knobs, ask, threshold, key)
