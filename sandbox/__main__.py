"""`python -m sandbox`."""

import sys

from sandbox.commands.main import main

if __name__ == "__main__":
    sys.exit(main())
