"""``python -m cnnlab.judge.child``: started by `sandbox`, never by a person."""

import sys

from cnnlab.judge.child.serve import serve

if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
