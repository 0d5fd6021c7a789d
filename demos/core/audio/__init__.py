"""Recordings: bytes in, mono samples at one rate out, and what can be seen or changed of them."""
