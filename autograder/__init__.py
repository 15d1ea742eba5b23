"""Builds the course's notebooks and grades what comes back."""

import sys

# jsonschema, which checks notebooks for nbformat, imports this if it is there and can do without: it would only check
# addresses, of which notebooks have none, and it takes every process more seconds to import than everything else.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
