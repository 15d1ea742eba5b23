"""Grading on platforms that answer each hand-in by themselves: what one uploads there, and what then runs there.

`package` makes the upload: the grader, one notebook's source, and the platform's own files. On the platform,
`python -m autograder.platforms NAME …` grades what one person handed in with the code that grades a class, and writes
the platform's results. Visible checks are shown with their messages there, hidden tests as points only: people hand in
as often as they like, and a message would be a question answered.
"""
