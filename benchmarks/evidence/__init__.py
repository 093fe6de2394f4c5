"""Evidence for the models: every figure of docs/models.md, computed beside its peers in one run."""
