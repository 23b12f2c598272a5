# The wheel is built in one stage and installed in the other; nothing of the build stays in the image.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml setup.py constraints.txt README.md LICENSE ./
COPY specs specs
COPY mockserver mockserver
COPY conformance conformance
# The last step: without .pyc files each start would take a second longer, and the disk may be read-only later.
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
 && python -m venv /opt/otp-sandbox \
 && /opt/otp-sandbox/bin/pip install --no-cache-dir --no-compile --constraint constraints.txt "$(echo /wheels/*.whl)[redis]" \
 && /opt/otp-sandbox/bin/pip uninstall --yes pip \
 && python -W ignore -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/otp-sandbox/lib \
 && mkdir /state

FROM python:3.13-slim
LABEL org.opencontainers.image.title="otp-sandbox" \
      org.opencontainers.image.description="Plays SMS one-time-code providers: eSMS, Amoot SMS, thuesim, viotp" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/otp-sandbox /opt/otp-sandbox
# For the CA, where TLS is asked for, and a store in a file: a volume, as the disk may be read-only; it belongs to the user below.
COPY --from=build --chown=65532:65532 /state /state
VOLUME /state
# Everybody who reaches the port may use the control API: publish it to 127.0.0.1 or keep it on an inner network.
ENV PATH=/opt/otp-sandbox/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OTP_SANDBOX_HOST=0.0.0.0 \
    OTP_SANDBOX_STATE=/state \
    OTP_SANDBOX_CONTROL_OPEN=true
# A number, so that an orchestrator can see that it is not root.
USER 65532:65532
WORKDIR /
# Only what it always listens on: runners of CI take it for a sign of the start. TLS and proxy have none by themselves.
EXPOSE 6877
STOPSIGNAL SIGTERM
# At the start it is asked after half a second, and waits a little, so that what waits for a healthy sandbox waits no longer.
# It knows ports from environment and file, not from flags of `serve`.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --start-interval=0.5s --retries=3 \
  CMD ["otp-sandbox", "ready", "--wait", "2s"]
ENTRYPOINT ["otp-sandbox"]
CMD ["serve"]
