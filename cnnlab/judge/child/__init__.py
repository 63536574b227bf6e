"""What runs in the process of the judged file: NumPy and the standard library, nothing else of cnnlab."""
