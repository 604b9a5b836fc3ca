"""The command line, which keeps its words in the file `KEPT_WORDS` before it does what they say."""

import json
import os
import sys
from pathlib import Path

from server.cli.main import main

if __name__ == "__main__":
    with Path(os.environ["KEPT_WORDS"]).open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(sys.argv[1:]) + "\n")
    main()
