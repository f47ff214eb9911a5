#!/bin/sh
# enter.sh ROOT FOLDER NODE HERE WORKDIR COMMAND...
# In fresh mount, process and network namespaces, with the function's environment: makes the image's root read-only
# with an empty /tmp of 512 MB (what Lambda gives), opens the passage, and becomes the command as Lambda's unprivileged
# user. System programs go by their full names: PATH is the image's.
set -e
root=$1 folder=$2 node=$3 here=$4 workdir=$5
shift 5

/usr/bin/mount --bind "$root" "$root"
# Lambda's user, by the name it has there, and a name server nobody can reach: whoever looks up a name is seen in the
# count of packets without a route.
echo "sbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin" >"$folder/passwd"
echo "nameserver 192.0.2.1" >"$folder/resolv.conf"
for file in passwd resolv.conf; do
  /usr/bin/touch "$root/etc/$file"
  /usr/bin/mount --bind "$folder/$file" "$root/etc/$file"
  /usr/bin/mount -o remount,bind,ro "$root/etc/$file"
done
/usr/bin/mount -t proc proc "$root/proc"
/usr/bin/mount -t tmpfs -o size=512m,mode=1777 tmpfs "$root/tmp"
/usr/bin/mount -t tmpfs -o size=64k,mode=755 tmpfs "$root/dev"
for device in null zero urandom random; do
  /usr/bin/touch "$root/dev/$device"
  /usr/bin/mount --bind "/dev/$device" "$root/dev/$device"
done
/usr/bin/mount -o remount,bind,ro "$root"

/usr/sbin/ip link set lo up
NODE_OPTIONS='' "$node" "$here/passage.ts" "$folder" >&2 &
while [ ! -e "$folder/open" ]; do /usr/bin/sleep 0.05; done

echo "@entering"
exec /usr/bin/setpriv --no-new-privs /usr/sbin/chroot --userspec=993:990 --groups= "$root" \
  /bin/sh -c 'cd "$0" && exec "$@"' "$workdir" "$@"
