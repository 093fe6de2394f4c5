"""The catalogue of metrics, dimensions and fields, and its compiler to SQL."""
