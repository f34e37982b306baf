"""Speed beside a hello-world view on the same server in the same run: `make bench`."""
