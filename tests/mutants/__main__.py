"""`python -m mutants` serves a sandbox that offers lanes with a mistake, for the suite's own tests."""

import sys

from mutants.serve import main

if __name__ == "__main__":
    sys.exit(main())
