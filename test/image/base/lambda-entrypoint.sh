#!/bin/sh
# The stand-in's ENTRYPOINT. Lambda's own takes the image's CMD as the handler, too; without a Runtime API it would
# start the emulator, which is not here.
if [ $# -ne 1 ]; then
  echo "lambda-entrypoint.sh takes the handler as its one argument" >&2
  exit 142
fi
if [ -z "$AWS_LAMBDA_RUNTIME_API" ]; then
  echo "AWS_LAMBDA_RUNTIME_API is not set" >&2
  exit 1
fi
export _HANDLER="$1"
exec /var/runtime/bootstrap
