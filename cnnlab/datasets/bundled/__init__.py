"""Data that come with cnnlab; `LICENSES.md` says where they are from and on what terms."""
