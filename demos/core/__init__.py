"""Machinery shared by all demos; imports no demo."""
