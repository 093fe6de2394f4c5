"""``python -m assistant`` is ``fenqun``."""

from assistant.cli import main

main()
