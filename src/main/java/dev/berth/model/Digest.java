package dev.berth.model;

import java.util.regex.Pattern;

/// What a registry calls a manifest by: an algorithm and a hash, such as `sha256:…`.
public record Digest(String text) {
    /// The grammar of <https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests>.
    private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]{32,}");

    private static final Pattern KNOWN = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");
    private static final int LONGEST = 255;

    public Digest {
        boolean known = text.startsWith("sha256:") || text.startsWith("sha512:");
        boolean good = text.length() <= LONGEST
                && (known ? KNOWN : GRAMMAR).matcher(text).matches();
        if (!good) throw new Failure.Invalid("a digest looks like sha256:<64 hex digits>");
    }

    @Override
    public String toString() {
        return text;
    }
}
