# The grader with its sandbox, for instructors on a Mac or Windows; the README says how to run it.
FROM python:3.12-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap make \
    && rm -rf /var/lib/apt/lists/*
COPY . /course
RUN python -m venv /course/.venv \
    && /course/.venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        --constraint /course/constraints.txt --editable "/course[lab,instructor,room]"
WORKDIR /class
ENTRYPOINT ["/course/.venv/bin/autograder"]
