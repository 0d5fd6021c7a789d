"""Recommending from a catalog: what an item is, how a ranking is steered, searched and judged."""
