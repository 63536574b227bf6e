"""What becomes of a finished run's networks: figures on a split, and predictions for images that people bring."""
