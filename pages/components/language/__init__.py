"""Streamlit building blocks for texts and what models say of them; no demo is named here."""
