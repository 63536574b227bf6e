"""What runs in the process of the judged file: of cnnlab, nothing but this and the right functions."""
