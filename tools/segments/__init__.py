"""Rules and their compiler, schemes, membership, profiles, comparison."""
