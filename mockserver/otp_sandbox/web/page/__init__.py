"""The inbox page and the API reference: documents, scripts and sheets, and how they are served."""
