"""`python -m gridloom` is the `gridloom` command."""

from gridloom.cli import main

main()
