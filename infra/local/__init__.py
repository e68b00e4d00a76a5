"""The local run: the real stacks on a local AWS, a phone that plays the customers', a small retailer and one order."""
