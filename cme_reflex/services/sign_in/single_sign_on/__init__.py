"""Single sign-on of members: a login, the OpenID Connect client, and bounds of its requests."""
