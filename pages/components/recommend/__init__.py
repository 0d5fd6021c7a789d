"""Recommendations: history, list, reasons, the map of a catalog, and what a business asks."""
