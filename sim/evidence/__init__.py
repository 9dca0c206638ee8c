"""The model held against what is known; every table is made by a function, and a test says where it stands."""
