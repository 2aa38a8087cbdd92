"""`python -m whynan` and the `whynan` command."""

from whynan.commands import main

if __name__ == "__main__":
    main()
