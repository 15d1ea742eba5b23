#!/usr/bin/env bash
# Gradescope runs this, as root, for each submission. What it prints learners do not see.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd /
exec /opt/rl-grader/bin/python -P -m autograder.platforms gradescope "$root/source/material" "$root"
