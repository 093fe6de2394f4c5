"""Who responds to campaigns, and what a campaign changed."""
