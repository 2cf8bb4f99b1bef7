#!/bin/bash
# deb.sh BUILD VERSION: cpack makes a Debian package that says what it needs and installs on a clean
# root, where corsim then runs. The root holds the packages that it depends on, those that every
# maintainer's script may rely on (a shell, ldconfig), and nothing else: their files are taken from this
# system, so that no network is asked. dpkg checks the dependencies.
set -eu
build=$1 version=$2
for program in cpack dpkg-deb dpkg-shlibdeps chroot; do
    command -v $program >/dev/null || { echo "SKIP: there is no $program"; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo "SKIP: dpkg --root and chroot need root"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$build" && cpack -G DEB -B "$work/made" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; exit 1; }
deb=$(echo "$work"/made/*.deb)
architecture=$(dpkg --print-architecture)
[ "$(basename "$deb")" = "corsim_${version}_$architecture.deb" ] || { echo "it is called $deb"; exit 1; }
field() {
    dpkg-deb -f "$deb" "$1"
}
[ "$(field Package) $(field Version) $(field Architecture)" = "corsim $version $architecture" ]
field Depends | grep -q 'libcurl4' || { echo "Depends: $(field Depends)"; exit 1; }

# The packages that it depends on, and what they depend on, as they are installed here. Of
# alternatives the one that is.
closure() {
    local seen=" " next=$1 name
    while [ -n "$next" ]; do
        set -- $next
        name=$1
        shift
        next=$*
        case $seen in *" $name "*) continue ;; esac
        seen="$seen$name "
        echo "$name"
        next="$next $(dpkg-query -W -f '${Depends}, ${Pre-Depends}' "$name" 2>/dev/null | installed_names)"
    done
}
installed_names() {
    tr ',' '\n' | sed 's/([^)]*)//g; s/:any//g' | while IFS='|' read -r one other; do
        for name in $one $other; do
            if dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii'; then
                echo "$name"
                break
            fi
        done
    done | tr '\n' ' '
}

root=$work/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/etc"
# Everything is below /usr, as on every Debian 12.
for folder in bin sbin lib lib64; do
    mkdir -p "$root/usr/$folder"
    ln -s usr/$folder "$root/$folder"
done
: >"$root/var/lib/dpkg/status"
for package in $(closure "dash libc-bin $(field Depends | installed_names)"); do
    : >"$root/var/lib/dpkg/info/$(dpkg-query -W -f '${binary:Package}' "$package").list"
    dpkg -s "$package" >>"$root/var/lib/dpkg/status"
    echo >>"$root/var/lib/dpkg/status"
    dpkg -L "$package"
done | grep -vE '^/(usr/share|etc|var)/|^/\.$|^package diverts' | while IFS= read -r file; do
    if [ -L "$file" ] || [ -f "$file" ]; then
        echo "${file#/}"
    fi
done >"$work/files"
tar -C / --no-recursion -T "$work/files" -cf - | tar -C "$root" -xf -
echo "$(grep -c '^Package:' "$root/var/lib/dpkg/status") packages are what it needs"

# Without one of them dpkg refuses; with them it installs.
cp -a "$root/var/lib/dpkg/status" "$work/status"
awk 'BEGIN { RS = ""; ORS = "\n\n" } !/^Package: libcurl4\n/' "$work/status" >"$root/var/lib/dpkg/status"
if dpkg --root="$root" --install "$deb" >"$work/refused" 2>&1; then
    echo "it installs without libcurl4"
    exit 1
fi
rm -rf "$root/var/lib/dpkg/info/corsim."*
cp -a "$work/status" "$root/var/lib/dpkg/status"
dpkg --root="$root" --install "$deb" >"$work/installed" 2>&1 || { cat "$work/installed"; exit 1; }
said=$(chroot "$root" /usr/bin/corsim --version)
[ "$said" = "corsim $version" ] || { echo "corsim --version said: $said"; exit 1; }
chroot "$root" /usr/bin/corsim table errors >/dev/null
[ -f "$root/usr/share/man/man1/corsim.1" ] || ! command -v scdoc >/dev/null || { echo "no manual page"; exit 1; }
dpkg --root="$root" --purge corsim >/dev/null 2>&1
[ ! -e "$root/usr/bin/corsim" ] || { echo "it is still there"; exit 1; }
echo "$said runs from a clean root; $(basename "$deb") depends on $(field Depends)"
