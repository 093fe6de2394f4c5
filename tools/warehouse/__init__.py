"""The warehouse: engine protocol, DuckDB engine, schema and migrations. The only opener of connections."""
