"""What becomes of a finished run's networks: figures on a split, and predictions for images that people bring."""

BATCH_SIZE = 200  # images at a time
EXPLAINED_IMAGES = 4  # hits, and as many mistakes
