"""Customer features: SQL beside the module that runs it."""
