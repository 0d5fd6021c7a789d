"""Transcripts, whoever made them: their parts, their errors, their files."""
