#!/bin/sh
# Before removal, not before an upgrade: .deb says `remove`, .rpm says 0.
set -e
case "$1" in
  remove | 0)
    if [ -d /run/systemd/system ]; then
      systemctl disable --now termgate.service
    fi
    ;;
esac
