#!/bin/sh
# After removal. The user stays: files that it owns must not fall to another user.
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
if [ "$1" = purge ]; then
  rm -rf /etc/termgate
fi
