"""URLs and origins, as browsers and better-auth read them."""
