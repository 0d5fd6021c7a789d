"""How good scores are by the labels of the same table, with intervals."""
