#!/bin/sh
# Prometheus reads the bearer token of /metrics from a file only; it comes from the environment like everything else.
set -eu
(umask 077 && printf '%s' "${METRICS_TOKEN:-}" > /tmp/metrics-token)
exec /bin/prometheus "$@"
