"""Text for every demo: reading documents, telling languages, and what models of language answer."""
