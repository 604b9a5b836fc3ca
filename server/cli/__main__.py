"""`python -m server.cli`: the command line where the program's name is not on the path."""

from server.cli.main import main

if __name__ == "__main__":
    main()
