"""Collections: Postman v2.1 collections and environments as files, and a runner that tries them on a service."""
