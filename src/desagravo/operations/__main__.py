"""`python -m desagravo.operations` is the same as the command `desagravo`."""

from __future__ import annotations

import sys

from desagravo.operations.cli import main

sys.exit(main())
