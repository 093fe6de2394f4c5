"""Strategies, exports, campaigns."""
