#!/bin/bash
# Are these variables set in the environment of this process, to something that was meant? Names the ones that are not,
# one line each, and never a value. Exit code 78, as when WaxWatch itself refuses its configuration.
#   deploy/check-prod-env.sh DATABASE_URL REDIS_URL …
set -euo pipefail
shopt -s nocasematch

# The same texts that WaxWatch refuses at start.
placeholder='^(change[-_ ]?me.*|your[-_ ].*|<.*>|\.\.\.|todo|xxx+|placeholder|replace[-_ ]?me.*)$'

if [ "$#" -eq 0 ]; then
  echo 'check-prod-env: PROD_REQUIRED_ENV_VARS names no variable' >&2
  exit 78
fi
status=0
for name in "$@"; do
  if ! [[ $name =~ ^[a-z_][a-z0-9_]*$ ]]; then
    echo 'check-prod-env: PROD_REQUIRED_ENV_VARS must hold names only' >&2
    exit 78
  fi
  value=${!name-}
  # Blanks around a value do not count.
  value=${value#"${value%%[![:space:]]*}"}
  value=${value%"${value##*[![:space:]]}"}
  if [ -z "$value" ]; then
    echo "check-prod-env: $name is missing" >&2
    status=78
  elif [[ $value =~ $placeholder ]]; then
    echo "check-prod-env: $name still holds a placeholder" >&2
    status=78
  fi
done
[ "$status" -ne 0 ] || echo "check-prod-env: $# variables are set: $*"
exit "$status"
