# Finds or installs a JDK. Sourced, after base.sh and packages.sh.

jdk_wanted=25

# is_jdk FOLDER: is it a JDK (not a JRE) that is new enough?
is_jdk() {
  local version
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${version:-0}" -ge "$jdk_wanted" ]
}

# look_for_jdk: prints the first that will do: JAVA_HOME, the PATH, the system's folder, SDKMAN.
look_for_jdk() {
  local javac home
  javac=$(readlink -f "$(command -v javac || true)" || true)
  for home in "${JAVA_HOME:-}" "${javac%/bin/javac}" /usr/lib/jvm/* "${SDKMAN_DIR:-${HOME:-/root}/.sdkman}"/candidates/java/*; do
    if [ -n "$home" ] && is_jdk "$home"; then
      echo "$home"
      return
    fi
  done
  return 1
}

# need_jdk: sets and exports JAVA_HOME.
need_jdk() {
  local package=openjdk-$jdk_wanted-jdk-headless
  if ! JAVA_HOME=$(look_for_jdk); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-cache show "$package" >/dev/null 2>&1; then
      say "installing $package"
      apt_get install --no-install-recommends "$package" || die "could not install $package"
    fi
    JAVA_HOME=$(look_for_jdk) || die "no JDK $jdk_wanted or newer was found in JAVA_HOME, on the PATH, in /usr/lib/jvm or in SDKMAN.
  Install one (Eclipse Temurin $jdk_wanted, or the package $package where there is one) and set JAVA_HOME to its folder."
  fi
  export JAVA_HOME
}
