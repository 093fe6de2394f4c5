"""Where rows come from: files, databases, the demo data."""
