"""Readable rules toward a target: cases of earlier periods, a shallow tree, rates on held-out cases, leaves as segment rules."""
