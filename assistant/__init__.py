"""The conversation: agent, planner, figures, command line and web app."""
