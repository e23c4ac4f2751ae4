"""What tests are made of: the machine they run on, and the people in them."""
