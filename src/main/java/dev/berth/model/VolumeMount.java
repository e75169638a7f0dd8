package dev.berth.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A named volume, or a path of the host, inside a container.
///
/// @param source the volume's name, or an absolute path of the engine's machine
/// @param target an absolute path inside the container
public record VolumeMount(String source, String target, boolean readOnly) {
    private static final Pattern GRAMMAR =
            Pattern.compile("(?<source>[a-zA-Z0-9][a-zA-Z0-9_.-]+|/[^:]*):(?<target>/[^:]+)(?::(?<mode>ro|rw))?");

    /// Reads `data:/var/lib/x`, `data:/var/lib/x:ro` or `/srv/x:/x:ro`.
    public static VolumeMount parse(String text) {
        if (text.startsWith(".") || text.startsWith("~"))
            throw new Failure.Invalid("a path of the host must be absolute, such as \"/srv/x:/x\"");
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches())
            throw new Failure.Invalid(
                    "'" + text + "' is not a volume; write \"name:/path\", \"name:/path:ro\" or \"/srv/x:/path\"");
        String source = parts.group("source");
        if ((source + "/").contains("/../")) throw new Failure.Invalid("a path of the host must not go up with \"..\"");
        return new VolumeMount(source, parts.group("target"), "ro".equals(parts.group("mode")));
    }

    /// Whether it reaches out of the engine's own volumes.
    public boolean ofHost() {
        return source.startsWith("/");
    }

    @Override
    public String toString() {
        return source + ":" + target + (readOnly ? ":ro" : "");
    }
}
