#!/usr/bin/env bash
# PrairieLearn runs this, as root, for each submission.
set -euo pipefail
cd /
exec /opt/rl-grader/bin/python -P -m autograder.platforms prairielearn /grade/tests /grade
