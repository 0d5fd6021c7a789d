"""Tests that drive the running dashboard in Chromium."""
