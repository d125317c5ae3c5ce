"""`python -m suyuan`."""

from suyuan.cli import main

main()
