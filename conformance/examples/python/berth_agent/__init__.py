"""A small Berth agent of version 49, written from the specification alone."""

import sys
from pathlib import Path

# scripts/examples.sh generates the messages from proto/berth; what they import begins at the folder that holds `berth`.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "build" / "generated"))
