#!/usr/bin/env bash
# Builds the image where no container engine is, runs it, asks it over HTTP and HTTPS, and stops it.
# Debian's root stands in for the base image, and there are no namespaces: docs/howto/docker-sidecar.md tells what that proves.
#
# Use, as root, with buildah, debootstrap and curl: tests/packaging/image_without_engine.sh [FOLDER]
# FOLDER keeps the root and the images for the next time; without it they are removed at the end.
set -euo pipefail

SUITE=trixie # what python:3.13-slim is made of, with the same Python
MIRROR=${MIRROR:-} # where packages come from; without it, where debootstrap itself takes them from
BASE=docker.io/library/python:3.13-slim
IMAGE=localhost/otp-sandbox:proof
LIMIT=900 # seconds for each step
HTTP=16877
TLS=16443

repository=$(cd "$(dirname "$0")/../.." && pwd)
kept=${1:-}
place=${kept:-$(mktemp -d)}
mkdir -p "$place"
place=$(cd "$place" && pwd)
container=
runner=

buildah() { timeout "$LIMIT" buildah --root "$place/storage" --runroot "$place/run" --storage-driver vfs "$@"; }
say() { printf '%-42s %s\n' "$1" "$2"; }
fail() { echo "FAILED: $1" >&2; exit 1; }
now() { date +%s%N; }
since() { echo "$((($(now) - $1) / 1000000)) ms"; }

# The last of a chain of processes that each have one child: the shell, buildah, buildah again, and the sandbox
last() {
  local each=$1 next
  while next=$(pgrep -P "$each" | head -1) && [ -n "$next" ]; do each=$next; done
  echo "$each"
}

end() {
  [ -z "$runner" ] || kill -KILL "$(last "$runner")" 2> /dev/null || true
  [ -z "$runner" ] || wait "$runner" || true
  [ -z "$container" ] || buildah rm "$container" > /dev/null || true
  [ -n "$kept" ] || rm -rf "$place"
}
trap end EXIT

[ "$(id -u)" = 0 ] || fail "only root can make a root"
for tool in buildah debootstrap curl; do
  command -v "$tool" > /dev/null || fail "$tool is missing"
done

# 1. What stands for the base image
if ! buildah inspect --type image "$BASE" > /dev/null 2>&1; then
  if [ ! -e "$place/debian/made" ]; then
    rm -rf "$place/debian"
    timeout "$LIMIT" debootstrap --variant=minbase --include=ca-certificates,python3,python3-pip,python3-venv \
      "$SUITE" "$place/debian" ${MIRROR:+"$MIRROR"} > "$place/debootstrap.log" || fail "debootstrap: $place/debootstrap.log"
    ln -s python3 "$place/debian/usr/bin/python"
    # Behind a mirror with a CA of its own, pip inside trusts what this machine trusts.
    cp -L /etc/ssl/certs/ca-certificates.crt "$place/debian/etc/ssl/certs/ca-certificates.crt"
    touch "$place/debian/made"
  fi
  made=$(buildah from scratch)
  buildah add --quiet "$made" "$place/debian" / > /dev/null
  buildah config --env PATH=/usr/local/bin:/usr/bin:/bin "$made"
  buildah commit --quiet --format docker --rm "$made" "$BASE" > /dev/null
fi
say "base" "$(chroot "$place/debian" python --version 2> /dev/null || echo kept), Debian $SUITE"

# 2. The Dockerfile, whole but for one flag that buildah 1.28 does not know
sed 's/ --start-interval=[^ ]*//' "$repository/Dockerfile" > "$place/Dockerfile"
begun=$(now)
buildah bud --isolation chroot --format docker --pull-never --tag "$IMAGE" --file "$place/Dockerfile" "$repository" \
  > "$place/build.log" 2>&1 || fail "build: $place/build.log"
say "built" "$(since "$begun"), $(grep -c '^\(\[[0-9/]*\] \)\?STEP' "$place/build.log") steps"

# 3. As whom and with what it runs is what the image says
config() { buildah inspect --type image --format "{{$1}}" "$IMAGE"; }
say "user" "$(config .OCIv1.Config.User)"
say "command" "$(config .OCIv1.Config.Entrypoint) $(config .OCIv1.Config.Cmd)"
say "health check" "$(config .Docker.Config.Healthcheck.Test)"
say "volumes" "$(config .OCIv1.Config.Volumes)"
[ "$(config .OCIv1.Config.User)" = 65532:65532 ] || fail "the user is another"
[ "$(config .OCIv1.Config.Entrypoint)$(config .OCIv1.Config.Cmd)" = "[otp-sandbox][serve]" ] || fail "the command is another"
read -ra check <<< "$(config .Docker.Config.Healthcheck.Test | tr -d '[]')"
check=("${check[@]:1}") # without its CMD
[ "${check[*]:0:2}" = "otp-sandbox ready" ] || fail "the health check is another"

container=$(buildah from --pull-never "$IMAGE")
inside() { buildah run --isolation chroot --env OTP_SANDBOX_PORT="$HTTP" --env OTP_SANDBOX_TLS_PORT="$TLS" \
  --env NO_PROXY='*' "$container" -- "$@"; }
merged=$(buildah mount "$container")
say "size of what is added to the base" "$(du -sm "$merged/opt" | cut -f1) MB"

# 4. Start it, and ask for its health as an engine does: first after half a second
begun=$(now); inside true
say "what buildah takes to run nothing" "$(since "$begun")"
begun=$(now)
inside otp-sandbox serve > "$place/serve.log" 2>&1 &
runner=$!
(
  until curl --silent --fail --noproxy '*' "http://127.0.0.1:$HTTP/readyz" > /dev/null || [ "$SECONDS" -gt "$LIMIT" ]; do
    sleep 0.01
  done
  say "start until ready" "$(since "$begun")"
) &
watcher=$!
tries=1
until sleep 0.5 && inside "${check[@]}" > "$place/health.log" 2>&1; do
  kill -0 "$runner" 2> /dev/null || fail "it ended: $(cat "$place/serve.log")"
  [ "$tries" -lt 20 ] || fail "it is not healthy: $(cat "$place/health.log")"
  tries=$((tries + 1))
done
healthy=$(since "$begun")
wait "$watcher"
say "start until healthy" "$healthy, in $tries health checks"

# 5. Ask it
say "healthz" "$(curl --silent --fail --noproxy '*' "http://127.0.0.1:$HTTP/healthz")"
curl --silent --fail --noproxy '*' --output "$place/ca.crt" "http://127.0.0.1:$HTTP/ca.crt"
first=$(last "$runner")
inner="/proc/$first/root"
state="$inner/state" # a volume: not a part of what the image brings
cmp "$place/ca.crt" "$state/ca.crt" || fail "the CA in the state folder is another"
gencode='MainService.svc/json/SendMessageAutoGenCode_V4_get?ApiKey=SANDBOX-API-KEY&SecretKey=SANDBOX-SECRET-KEY'
gencode="$gencode&Phone=0901888484&Brandname=Sandbox&Type=2&TimeAlive=5&IsNumber=1&message=%7BOTP%7D%20is%20your%20code"
for scheme in http https; do
  port=$([ "$scheme" = http ] && echo "$HTTP" || echo "$TLS")
  default=$([ "$scheme" = http ] && echo 80 || echo 443)
  answer=$(curl --silent --fail --noproxy '*' --cacert "$place/ca.crt" \
    --connect-to "rest.esms.vn:$default:127.0.0.1:$port" "$scheme://rest.esms.vn/$gencode")
  say "GENCODE by $scheme" "$answer"
  [[ $answer == *'"CodeResult":"100"'* ]] || fail "that is no 100"
done
curl --silent --noproxy '*' --connect-to "rest.esms.vn:443:127.0.0.1:$TLS" https://rest.esms.vn/healthz \
  && fail "a client that does not trust the CA got an answer"
for file in ca ca/authority.pem ca.crt; do
  say "state/$file" "$(stat --format '%a %u:%g' "$state/$file")"
done

# 6. Stop it, as an engine does: SIGTERM to the first process of the container
[[ $(tr '\0' ' ' < "/proc/$first/cmdline") == */otp-sandbox\ serve* ]] || fail "no process of it is found"
say "process" "user $(stat -c %u "/proc/$first"), $(awk '/VmRSS/ {print $2}' "/proc/$first/status") KB"
begun=$(now)
kill -TERM "$first"
status=0
wait "$runner" || status=$?
runner=
say "SIGTERM until it ended" "$(since "$begun"), status $status"
[ "$status" = 0 ] || fail "it did not end well"
