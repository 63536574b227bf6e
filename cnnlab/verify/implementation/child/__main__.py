"""``python -m cnnlab.verify.implementation.child``: started by `sandbox`, never by a person."""

import sys

from cnnlab.verify.implementation.child.serve import serve

if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
