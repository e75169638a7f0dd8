package dev.berth.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A device of the host inside a container.
///
/// @param rights some of r(ead), w(rite), m(ake node)
public record Device(String path, String target, String rights) {
    private static final Pattern GRAMMAR =
            Pattern.compile("(?<path>/dev/[^:\\s]+)(?::(?<target>/[^:\\s]+))?(?::(?<rights>[rwm]{1,3}))?");

    /// Reads `/dev/fuse`, `/dev/sda:/dev/xvda` or `/dev/sda:/dev/xvda:r`.
    public static Device parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches() || (text + "/").contains("/../"))
            throw new Failure.Invalid(
                    "'" + text + "' is not a device; write \"/dev/x\", \"/dev/x:/dev/y\" or \"/dev/x:/dev/y:rwm\"");
        String path = parts.group("path");
        return new Device(
                path,
                parts.group("target") == null ? path : parts.group("target"),
                parts.group("rights") == null ? "rwm" : parts.group("rights"));
    }

    @Override
    public String toString() {
        return path + ":" + target + ":" + rights;
    }
}
