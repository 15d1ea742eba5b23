"""Builds the course's notebooks and grades what comes back."""

import sys

# nbformat imports jsonschema, which builds a grammar of URIs where this package is installed. No notebook needs it, and
# it would take most of a second at the start of each command and of each of its workers.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
