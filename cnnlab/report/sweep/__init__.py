"""A sweep's report: its cells in one table, compared in pairs with one of them."""
