"""Domain steps without HTTP shapes; endpoints and pages both call them."""
