def measure(world, quick): return []
