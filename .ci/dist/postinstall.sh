#!/bin/sh
# After installation, from .deb and .rpm: the user, the rights of its settings, and systemd's view of the unit.
set -e
if command -v systemd-sysusers >/dev/null 2>&1; then
  systemd-sysusers termgate.conf
elif ! getent passwd termgate >/dev/null; then
  useradd --system --user-group --home-dir / --no-create-home --shell /usr/sbin/nologin termgate
fi
chown root:termgate /etc/termgate /etc/termgate/termgate.env
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
