#!/usr/bin/env bash
# Builds the reader's image from its real Dockerfile without a Docker engine, on a stand-in for Lambda's base image,
# runs it and hands it events. Needs root, Debian and network; installs what is missing. docs/decisions/0051.
#
#   npm run image:check                   leaves nothing but the packages it installed
#   KEEP=new-folder npm run image:check   works in that folder and leaves it, with the image in its store
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../.."
here=$PWD/test/image

say() { printf '%5ds  %s\n' "$SECONDS" "$*"; }
fail() {
  echo "image:check: $*" >&2
  exit 1
}
[ "$(id -u)" -eq 0 ] || fail "needs root: it mounts file systems and makes namespaces"
[ "$(uname -m)" = x86_64 ] || fail "builds for x86_64 only, what the function is deployed on"

work=${KEEP:-$(mktemp -d -t rxscan-image-XXXXXX)}
mkdir -p "$work"
work=$(realpath "$work")
image=rxscan-read-page
# A store of its own, so that nothing of an engine on this machine is touched. Overlay cannot lie on an overlay.
buildah() {
  command buildah --root "$work/store" --runroot "$work/run" --storage-driver "$driver" "$@"
}
cleanup() {
  status=$?
  buildah umount --all >/dev/null 2>&1 || true
  umount -q "$work/store/overlay" || true
  [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$work"
  exit $status
}
driver=vfs
trap cleanup EXIT

# ------------------------------------------------------------------------------------------------ what it takes

packages=(buildah mmdebstrap libcurl4-openssl-dev cmake make g++ xz-utils binutils iproute2 util-linux ca-certificates)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # A list that cannot be fetched is only a problem when something of it is needed: the installation says so.
  apt-get update -qq || true
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$work/apt.log" 2>&1 ||
    { cat "$work/apt.log" >&2; fail "apt-get could not install ${missing[*]}"; }
fi
mkdir -p "$work"/overlay/{lower,upper,work,merged}
if mount -t overlay overlay "$work/overlay/merged" \
  -o "lowerdir=$work/overlay/lower,upperdir=$work/overlay/upper,workdir=$work/overlay/work" 2>/dev/null; then
  umount "$work/overlay/merged"
  driver=overlay
fi

# ------------------------------------------------------------------------------------- a stand-in for Lambda's base

# Runs in the background: what it says is shown when it fails.
declare -A running
begin() {
  local name=$1
  shift
  ("$@") >"$work/$name.log" 2>&1 &
  running[$name]=$!
}
await() {
  wait "${running[$1]}" || { tail -n 40 "$work/$1.log" >&2; fail "$1 went wrong"; }
  say "$1"
}

base=$work/base

# Nothing but what Node, npm and the runtime client need to run; unpacked, not configured.
debian() {
  mmdebstrap --mode=root --variant=extract \
    --include=base-files,dash,coreutils,findutils,libc6,libgcc-s1,libstdc++6,libcurl4 \
    "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$base"
}

# AWS's runtime interface client with its own aws-lambda-cpp, on Debian's libcurl. Its source includes three headers
# of Node's that it does not use; without them Node-API's stable ones are enough, and no host but npm's is asked.
runtime_client() {
  mkdir -p "$work/client"
  cd "$work/client"
  cp "$here"/base/package*.json .
  npm ci --ignore-scripts --no-audit --no-fund
  mkdir cpp
  tar xJf node_modules/aws-lambda-ric/deps/aws-lambda-cpp.tar.xz -C cpp 2>/dev/null
  cmake -S cpp -B cpp-built -DCMAKE_CXX_FLAGS=-fPIC -DENABLE_TESTS=OFF
  make -C cpp-built -j2 aws-lambda-runtime
  sed '/^#include <\(uv\|v8\|node\)\.h>$/d' node_modules/aws-lambda-ric/src/native/rapid-client.cc >rapid-client.cc
  g++ -std=c++17 -fPIC -shared -Icpp/include -Inode_modules/node-api-headers/include -Inode_modules/node-addon-api \
    rapid-client.cc cpp-built/libaws-lambda-runtime.a -lcurl -o rapid-client.node
}

# The build's input, as `cdk deploy` would hand it to Docker.
context() {
  "$here/../../node_modules/.bin/node" "$here/build-context.ts" "$work/cdk" >"$work/context"
}

begin debian debian
begin runtime_client runtime_client
begin context context
await debian
await runtime_client
await context

mkdir -p "$base"/var/{runtime,task,lang/bin,lang/etc,lang/lib/node_modules} "$base/etc"
cp node_modules/node/bin/node "$base/var/lang/bin/node"
cp -r "$work/client/node_modules/npm" "$base/var/lang/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$base/var/lang/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$base/var/lang/bin/npx"
cp "$work"/client/node_modules/aws-lambda-ric/index.mjs "$work/client/rapid-client.node" "$here/base/bootstrap" "$base/var/runtime/"
cp "$here/base/lambda-entrypoint.sh" "$base/"
# Unpacked packages bring no users; npm asks who it is.
echo 'root:x:0:0:root:/root:/bin/sh' >"$base/etc/passwd"
# How npm reaches its registry from here. It is the build's, and goes with the stand-in.
ca=$(npm config get cafile 2>/dev/null)
[ -f "$ca" ] || ca=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
npm_cache=$(npm config get cache 2>/dev/null)
mkdir -p "$npm_cache"
cat >"$base/var/lang/etc/npmrc" <<END
registry=$(npm config get registry 2>/dev/null)
cafile=/mnt/build/ca.pem
cache=/mnt/build/npm
END
# Lambda's base knows whom to trust. Without that, what calls home would not even try, and not be seen.
mkdir -p "$base/etc/ssl/certs" "$base/etc/pki/tls/certs"
cp /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/"
cp /etc/ssl/certs/ca-certificates.crt "$base/etc/pki/tls/certs/ca-bundle.crt"

container=$(buildah from scratch)
buildah copy -q "$container" "$base" / >/dev/null
buildah config \
  --env PATH=/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin --env LD_LIBRARY_PATH=/var/lang/lib \
  --env LANG=en_US.UTF-8 --env TZ=:/etc/localtime --env LAMBDA_TASK_ROOT=/var/task --env LAMBDA_RUNTIME_DIR=/var/runtime \
  --workingdir /var/task --entrypoint '["/lambda-entrypoint.sh"]' "$container"
buildah commit -q --rm "$container" public.ecr.aws/lambda/nodejs:24 >/dev/null
rm -rf "$base"
say "stand-in for public.ecr.aws/lambda/nodejs:24"

# ----------------------------------------------------------------------------------------------------- the image

read -r directory dockerfile <"$work/context"
buildah bud --quiet --isolation chroot --network host --pull-never --format docker \
  --volume "$ca:/mnt/build/ca.pem:ro" --volume "$npm_cache:/mnt/build/npm" \
  --tag "$image" --file "$directory/$dockerfile" "$directory" >"$work/build.log" 2>&1 ||
  { tail -n 60 "$work/build.log" >&2; fail "the Dockerfile does not build"; }
say "image"

buildah inspect --type image "$image" >"$work/image.json"
root=$(buildah mount "$(buildah from --pull-never "$image")")
say "checking"
# Its counts are the last line.
node_modules/.bin/node test/image/check.ts "$root" "$work/image.json" "$work"
