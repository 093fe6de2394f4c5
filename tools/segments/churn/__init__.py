"""Churn: the definitions, the model, its reasons and the tool."""
