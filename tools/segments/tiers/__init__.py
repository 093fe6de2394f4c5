"""Tiers beside RFM: the value–activity grid, membership, lifecycle and AIPL, in one pass."""
