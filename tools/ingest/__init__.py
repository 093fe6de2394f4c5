"""Sniff the format, map the columns, clean, resolve identities, load, report quality."""
