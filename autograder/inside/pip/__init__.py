"""`python -m pip install …` does nothing in a kernel that grades: all that the course needs is there."""
