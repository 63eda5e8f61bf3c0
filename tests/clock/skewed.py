"""`huifang` on a machine whose clock is wrong: `python skewed.py <seconds ahead> <words of a command>…`."""

import sys
import time

from service import wallclock

ahead = int(sys.argv.pop(1))
wallclock.now = lambda: int(time.time()) + ahead

from service.cli import main  # noqa: E402 - some bind the clock when they are loaded

sys.exit(main())
