"""`python -m sandbox.methods` (`make pretrained`)."""

from sandbox.methods.shipped import main

if __name__ == "__main__":  # a process of the pool imports this file again
    main()
