"""Where lanes keep what happened. Every store implements `otp_sandbox.domain.store.Store`."""
