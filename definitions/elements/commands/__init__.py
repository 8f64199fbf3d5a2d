"""What can be done with elements, a module for each noun."""
