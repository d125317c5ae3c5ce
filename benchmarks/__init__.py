"""Speed, memory and size as ratios to a floor or a peer in the same run; never as timed tests."""
