"""Builds the course's notebooks and grades what comes back."""
