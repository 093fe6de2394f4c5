"""Models: arrays in, fitted objects out; never a connection."""
