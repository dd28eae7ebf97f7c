"""What all rooms speak of: data, spaces, candidates, fits and trials, drafts of networks."""
