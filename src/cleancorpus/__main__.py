"""``python -m cleancorpus``: the command line."""

from cleancorpus.cli import main

if __name__ == "__main__":
    main()
