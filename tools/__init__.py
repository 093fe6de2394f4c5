"""Deterministic customer analytics: data in, figures with receipts out."""
