"""Clustering: features made comparable, groups found by several methods, their number chosen, pictured and explained."""
