"""What keeps a dataset current elsewhere: units for systemd, an image, files for Docker Compose and Kubernetes."""
