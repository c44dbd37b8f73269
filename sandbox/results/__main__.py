"""`python -m sandbox.results` (`make results`)."""

from sandbox.results.make import main

if __name__ == "__main__":
    main()
