#!/bin/sh
# After installation, from .deb and .rpm: the user, the rights of its settings, and systemd's view of the unit.
set -e
if command -v systemd-sysusers >/dev/null 2>&1; then
  systemd-sysusers termgate.conf
elif ! getent passwd termgate >/dev/null; then
  useradd --system --user-group --home-dir / --no-create-home --shell /usr/sbin/nologin termgate
fi
for path in /etc/termgate /etc/termgate/termgate.env; do
  # Settings that were deleted stay deleted.
  if [ -e "$path" ]; then
    chown root:termgate "$path"
  fi
done
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
