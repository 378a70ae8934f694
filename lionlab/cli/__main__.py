"""`python -m lionlab.cli`, for when the program is not on the path."""

from . import main

if __name__ == "__main__":
    main()
