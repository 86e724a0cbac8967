"""What is drawn over a slice: regions, differences, maps, outlines."""
