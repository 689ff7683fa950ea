#!/bin/sh
# Installs termgate from the folder of a release, after checking its sum. Linted, never run against a real release.
#   sh install.sh URL [PREFIX]
# URL is the folder with the archives and SHA256SUMS, such as the download address of a release (https://, or a folder
# as file:///path). PREFIX is where it goes (/usr/local).
set -eu
# Others have to read what is installed.
umask 022

main() {
  url=${1:?usage: sh install.sh URL [PREFIX]}
  prefix=${2:-/usr/local}
  if [ "$(uname -s)" != Linux ]; then
    echo "install.sh: there are packages for Linux only; build termgate from source" >&2
    exit 1
  fi
  case $url in
    https://* | file://*) ;;
    *)
      echo "install.sh: $url is not an https:// or file:// address" >&2
      exit 2
      ;;
  esac
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"

  curl --proto '=https,file' --tlsv1.2 --fail --silent --show-error --location --output SHA256SUMS "$url/SHA256SUMS"
  # The whole script is a function: a download that breaks off runs nothing.
  archive=$(sed -n "s/^[0-9a-f]*  \(termgate-.*-$(uname -m)-linux\.tar\.gz\)\$/\1/p" SHA256SUMS)
  if [ -z "$archive" ]; then
    echo "install.sh: $url has no archive for $(uname -m)" >&2
    exit 1
  fi
  curl --proto '=https,file' --tlsv1.2 --fail --silent --show-error --location --output "$archive" "$url/$archive"
  grep "  $archive\$" SHA256SUMS | sha256sum --check --quiet
  tar -xzf "$archive"
  cd "${archive%.tar.gz}"

  install -D -m 0755 termgate "$prefix/bin/termgate"
  install -d "$prefix/share/man/man1"
  install -m 0644 man/*.1 "$prefix/share/man/man1/"
  install -D -m 0644 completions/termgate.bash "$prefix/share/bash-completion/completions/termgate"
  install -D -m 0644 completions/termgate.fish "$prefix/share/fish/vendor_completions.d/termgate.fish"
  install -D -m 0644 completions/_termgate "$prefix/share/zsh/site-functions/_termgate"
  "$prefix/bin/termgate" --version
}

main "$@"
