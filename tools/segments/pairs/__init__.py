"""Which items are bought by the same customers."""
