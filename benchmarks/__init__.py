"""Programs that each print one table: what something costs, beside what it is compared with."""

import sys
from pathlib import Path

# They make projects by the helpers of the tests, which stand in no package.
sys.path.append(str(Path(__file__).parents[1] / "tests"))
