"""One call in one lane: from the fields of a request to the answer's bytes. No HTTP here."""
