"""Lifetime models: how often a customer will order again, whether they are still alive, and what an order is worth."""
