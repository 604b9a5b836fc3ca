"""What departments, reviewers and clients are told, kept until it is read and sent on where they wish."""
