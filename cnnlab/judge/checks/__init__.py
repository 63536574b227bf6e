"""The checks of one file: each function alone, then the class `CNN` step by step."""
