"""What came of a search: the ranked result, what its scores say, and the reporters that are told."""
