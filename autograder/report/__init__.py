"""What people read: the terminal's words, the pages, the tables. Everything is made from `Result`s."""
