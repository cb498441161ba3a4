"""People who do this and that in any order, beside books that are kept by hand."""
