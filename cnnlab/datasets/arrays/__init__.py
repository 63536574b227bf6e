"""Files of arrays: NumPy archives and HDF5; what people call arrays, and what their labels mean."""
