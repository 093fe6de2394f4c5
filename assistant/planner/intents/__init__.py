"""What operators want: each module reads one kind of question into tool calls, or gives None."""
