"""The embedded brain: understands Chinese and English questions without a network."""
