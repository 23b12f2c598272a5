"""Where lanes keep what happened. Every store implements `mockserver.domain.store.Store`."""
