"""`python -m ops_centre VERB`. Exit status: 0 done, 1 could not be done, 2 wrong use or configuration."""

import sys

from ops_centre.cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
