"""What `make bench` runs: the product beside its peers, in one run."""
