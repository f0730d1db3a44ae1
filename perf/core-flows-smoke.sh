#!/bin/bash
# Runs core_flows_smoke.js with the k6 of this machine, or else with its container image. What it takes from the
# environment is named in docs/DEPLOYMENT.md; the token goes there by its name, so that no list of processes shows it.
set -euo pipefail
cd "$(dirname "$0")/.."

image=grafana/k6:1.8.1
missing=()
[ -n "${PERF_BASE_URL-}" ] || missing+=(PERF_BASE_URL)
[ -n "${PERF_BEARER_TOKEN-}" ] || missing+=(PERF_BEARER_TOKEN)
if [ "${PERF_ENABLE_RULE_RUN-1}" != 0 ] && [ -z "${PERF_RULE_ID-}" ]; then
  missing+=('PERF_RULE_ID (or PERF_ENABLE_RULE_RUN=0)')
fi
if [ "${#missing[@]}" -gt 0 ]; then
  printf 'perf-smoke: %s is missing\n' "${missing[@]}" >&2
  exit 78
fi

summary=${PERF_SUMMARY_PATH:-test-results/k6-summary.json}
mkdir -p "$(dirname "$summary")"
# A summary of an earlier run must not pass for this one's.
rm -f "$summary"

if command -v k6 >/dev/null; then
  PERF_SUMMARY_PATH=$summary exec k6 run --quiet --no-usage-report perf/core_flows_smoke.js
fi
if ! docker info >/dev/null 2>&1; then
  echo "perf-smoke: there is neither k6 nor a container engine for $image" >&2
  exit 69
fi
names=(PERF_BASE_URL PERF_BEARER_TOKEN PERF_RULE_ID PERF_ENABLE_RULE_RUN PERF_VUS PERF_DURATION PERF_PAUSE_SECONDS
  PERF_SEARCH_KEYWORDS PERF_SEARCH_PROVIDERS)
exec docker run --rm --network host --user "$(id -u):$(id -g)" "${names[@]/#/--env=}" \
  --env "PERF_SUMMARY_PATH=/out/$(basename "$summary")" \
  --volume "$PWD/perf:/perf:ro" --volume "$(cd "$(dirname "$summary")" && pwd):/out" \
  "$image" run --quiet --no-usage-report /perf/core_flows_smoke.js
