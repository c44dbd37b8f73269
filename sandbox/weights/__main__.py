"""`python -m sandbox.weights` (`make pretrained`)."""

from sandbox.weights.shipped import main

if __name__ == "__main__":  # a process of the pool imports this file again
    main()
