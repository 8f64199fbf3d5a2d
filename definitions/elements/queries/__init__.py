"""What can be read of elements, a module for each noun."""
