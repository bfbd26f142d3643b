"""`python -m ops_centre.exercise` runs the exercise."""

import sys

from ops_centre.exercise.main import main

if __name__ == "__main__":
    sys.exit(main())
