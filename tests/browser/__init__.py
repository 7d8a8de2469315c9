"""The pages in a real browser, as the people who use them meet them."""
