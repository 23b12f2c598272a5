"""One folder a provider, strangers to each other. A folder that is here, and has a spec, is played."""
