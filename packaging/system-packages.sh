#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that the window needs, or says which are missing.
#
#   packaging/system-packages.sh          what the window needs
#   packaging/system-packages.sh --test   and what its tests need (a virtual screen, a DICOM validator)
#
# Never fails: without them the command line works, and the program itself tells what is lacking.
set -uo pipefail

packages=(
    libgl1 libegl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1
    libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libdbus-1-3
    libfontconfig1 libglib2.0-0 fonts-dejavu-core
)
if [ "${1:-}" = "--test" ]; then
    packages+=(xvfb xauth dicom3tools)
fi
# Debian splits venv off Python.
if ! "${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null; then
    packages+=(python3-venv)
fi

if ! command -v dpkg-query >/dev/null; then
    if [ "$(uname -s)" = Linux ]; then
        echo "Not Debian or Ubuntu. If the window does not open, install what these packages hold:"
        echo "  ${packages[*]}"
    fi
    exit 0
fi

# Newer releases call some libraries X-t64; those provide the old name.
installed="$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii  *//p' | sed 's/t64$//')"
missing=()
for package in "${packages[@]}"; do
    grep -qx "$package" <<<"$installed" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing system packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && exit 0
    echo "apt-get could not install them; going on without." >&2
    exit 0
fi
echo "System packages are missing. Install them with:"
echo "  sudo apt-get install ${missing[*]}"
