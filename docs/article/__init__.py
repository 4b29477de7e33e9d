"""The article: "What are neural networks and how do they work", a page that trains itself. Built by `make article`."""
