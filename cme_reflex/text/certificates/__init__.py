"""What the pages of certificates and of the account say."""
