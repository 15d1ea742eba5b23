"""The room: where everybody in a workshop is, while they are there. `autograder room` runs it; see `app` and `live`."""
