"""The lint of the client: looks at what a lane has kept, when somebody asks. Nothing here runs with a request."""
