"""Streamlit building blocks for recordings and what is heard in them; no demo is named here."""
