package dev.berth.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A named volume inside a container.
///
/// @param target an absolute path inside the container
public record VolumeMount(String volume, String target, boolean readOnly) {
    private static final Pattern GRAMMAR =
            Pattern.compile("(?<volume>[a-zA-Z0-9][a-zA-Z0-9_.-]+):(?<target>/[^:]+)(?::(?<mode>ro|rw))?");

    /// Reads `data:/var/lib/x` or `data:/var/lib/x:ro`.
    public static VolumeMount parse(String text) {
        if (text.startsWith("/") || text.startsWith(".") || text.startsWith("~"))
            throw new Failure.Invalid(
                    "a path of the host cannot be mounted; name a volume, such as \"data:/var/lib/x\"");
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches())
            throw new Failure.Invalid("'" + text + "' is not a volume; write \"name:/path\" or \"name:/path:ro\"");
        return new VolumeMount(parts.group("volume"), parts.group("target"), "ro".equals(parts.group("mode")));
    }

    @Override
    public String toString() {
        return volume + ":" + target + (readOnly ? ":ro" : "");
    }
}
