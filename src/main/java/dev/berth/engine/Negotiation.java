package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.model.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which version of the API is spoken with an engine.
final class Negotiation {
    /// The newest whose changes are known here.
    static final Version NEWEST = new Version(1, 51);

    /// Docker 19.03's: what is asked for here exists from there on.
    static final Version OLDEST = new Version(1, 40);

    private static final Pattern GRAMMAR = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

    private Negotiation() {}

    /// A version of the engine's API.
    record Version(int major, int minor) implements Comparable<Version> {
        static Version parse(String text) {
            Matcher parts = GRAMMAR.matcher(text);
            if (!parts.matches())
                throw new Failure.EngineNonsense("'" + text + "' is not a version of an engine's API", null);
            return new Version(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
        }

        @Override
        public int compareTo(Version other) {
            int byMajor = Integer.compare(major, other.major);
            return byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
        }

        @Override
        public String toString() {
            return major + "." + minor;
        }
    }

    /// The newest that both know.
    ///
    /// @param version the engine's answer to `/version`
    static Version settle(Json version) {
        Version theirs = Version.parse(version.get("ApiVersion").textOrEmpty());
        if (theirs.compareTo(OLDEST) < 0)
            throw new Failure.Rejected(
                            "engine-too-old",
                            "the engine speaks API " + theirs + " at most; Berth needs " + OLDEST
                                    + " or newer (Docker 19.03 or newer)")
                    .with("engine_api_version", theirs.toString());
        Version spoken = theirs.compareTo(NEWEST) < 0 ? theirs : NEWEST;
        version.get("MinAPIVersion").someText().map(Version::parse).ifPresent(least -> {
            if (least.compareTo(NEWEST) > 0)
                throw new Failure.Rejected(
                                "engine-too-new",
                                "the engine speaks API " + least + " and newer; this Berth knows " + NEWEST
                                        + " at most: it needs an upgrade")
                        .with("engine_minimum_api_version", least.toString());
        });
        return spoken;
    }
}
