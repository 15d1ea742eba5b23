"""What people read: the terminal's words, the pages, the tables. Everything is made from `Result`s."""

from autograder.report import pages, tables, terminal

__all__ = ["pages", "tables", "terminal"]
