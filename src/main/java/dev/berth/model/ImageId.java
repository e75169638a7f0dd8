package dev.berth.model;

import java.util.regex.Pattern;

/// An image's full id: `sha256:` and 64 hex digits. What it is the digest of depends on the engine's image store,
/// so it means nothing on another host.
public record ImageId(String text) implements Comparable<ImageId> {
    private static final String PREFIX = "sha256:";
    private static final Pattern FULL = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int SHORT = PREFIX.length() + 10;

    public ImageId {
        if (!FULL.matcher(text).matches()) throw new Failure.Invalid("an image's id is sha256: and 64 hex digits");
    }

    /// Reads an id with or without its `sha256:` (Podman leaves it out).
    public static ImageId parse(String text) {
        return new ImageId(text.startsWith(PREFIX) ? text : PREFIX + text);
    }

    /// `sha256:` and the first 10 digits, as the original's answers had them.
    public String shortId() {
        return text.substring(0, SHORT);
    }

    public String hex() {
        return text.substring(PREFIX.length());
    }

    @Override
    public int compareTo(ImageId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
