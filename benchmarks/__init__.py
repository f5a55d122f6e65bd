"""Programs that print what something costs, beside what it is compared with, in one table."""

import sys
from pathlib import Path

# They make projects by the helpers of the tests, which stand in no package.
sys.path.append(str(Path(__file__).parents[1] / "tests"))
