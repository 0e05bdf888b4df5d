"""What people and policies may ask of the city's programmes: one module a programme."""
