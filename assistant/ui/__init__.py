"""The web app: pages, components, theme and their texts in both languages."""
