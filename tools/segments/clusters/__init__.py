"""Clusters of customers: features by theme, clusters found, named, explained by a rule, stored and told."""
