"""Costs and capacity, the answer of a day, and where the line is drawn."""
