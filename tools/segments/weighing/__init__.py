"""RFM that looks forward: weights of its dimensions from data, and how well each score ranks what customers spend next."""
