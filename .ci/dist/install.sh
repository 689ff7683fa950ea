#!/bin/sh
# Installs termgate from the folder of a release, after checking its sum. Not yet run against a real release.
#   sh install.sh URL [PREFIX]
# URL is the folder with the archives and SHA256SUMS, such as the download address of a release (https://, or a folder
# as file:///path). PREFIX is where it goes (/usr/local).
set -eu
# Others have to read what is installed.
umask 022

fail() {
  echo "install.sh: $1" >&2
  exit "${2:-1}"
}

# The whole script is a function: a download that breaks off runs nothing.
main() {
  [ $# -ge 1 ] && [ $# -le 2 ] || fail "usage: sh install.sh URL [PREFIX]" 2
  url=${1%/}
  prefix=${2:-/usr/local}
  case $url in
    https://* | file:///*) ;;
    *) fail "$url is not an https:// or file:/// address" 2 ;;
  esac
  case $prefix in
    /*) ;;
    *) fail "the prefix $prefix is not an absolute path" 2 ;;
  esac
  [ "$(uname -s)" = Linux ] || fail "there are packages for Linux only; build termgate from source"
  for tool in curl tar gzip sha256sum install mktemp sed grep; do
    command -v "$tool" >/dev/null || fail "$tool is missing: install it first"
  done
  existing=$prefix
  while [ ! -e "$existing" ]; do
    existing=$(dirname "$existing")
  done
  [ -w "$existing" ] || fail "cannot write to $existing: use sudo, or give a prefix of your own, such as $HOME/.local"
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  cd "$folder"

  download SHA256SUMS
  machine=$(uname -m)
  archive=$(sed -n "s/^[0-9a-f]\{64\}  \(termgate-[0-9A-Za-z.+~-]*-$machine-linux\.tar\.gz\)\$/\1/p" SHA256SUMS)
  [ -n "$archive" ] || fail "$url has no archive for $machine"
  [ "$(printf '%s\n' "$archive" | grep -c .)" = 1 ] || fail "$url has several archives for $machine: name the folder of one release"
  download "$archive"
  # In words that busybox knows, too.
  sed -n "/  $archive\$/p" SHA256SUMS | sha256sum -c >/dev/null 2>&1 ||
    fail "the sum of $archive is not the one in SHA256SUMS: nothing was installed"
  tar -xzof "$archive" || fail "cannot unpack $archive: nothing was installed"
  cd "${archive%.tar.gz}"
  ./termgate --version >/dev/null || fail "termgate does not run here: nothing was installed"

  install -D -m 0755 termgate "$prefix/bin/termgate"
  install -d "$prefix/share/man/man1"
  install -m 0644 man/*.1 "$prefix/share/man/man1/"
  install -D -m 0644 completions/termgate.bash "$prefix/share/bash-completion/completions/termgate"
  install -D -m 0644 completions/termgate.fish "$prefix/share/fish/vendor_completions.d/termgate.fish"
  install -D -m 0644 completions/_termgate "$prefix/share/zsh/site-functions/_termgate"
  echo "$("$prefix/bin/termgate" --version) is installed: $prefix/bin/termgate"
  case :$PATH: in
    *:"$prefix/bin":*) ;;
    *) echo "add it to your PATH: export PATH=\"$prefix/bin:\$PATH\"" ;;
  esac
}

download() {
  curl --proto '=https,file' --tlsv1.2 --fail --silent --show-error --location --output "$1" "$url/$1" ||
    fail "cannot download $url/$1: nothing was installed"
}

main "$@"
