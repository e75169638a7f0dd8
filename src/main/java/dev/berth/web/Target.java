package dev.berth.web;

import java.util.Locale;
import java.util.Optional;

/// What a request is for: a path, and the host where the request line names one (RFC 9112, section 3.2.2).
///
/// @param authority stands above the `Host` header
record Target(String path, Optional<String> authority) {
    /// @param raw the target as it came, without its query
    static Target of(String raw) {
        String lower = raw.toLowerCase(Locale.ROOT);
        int start = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : 0;
        if (start == 0) return new Target(raw, Optional.empty());
        int slash = raw.indexOf('/', start);
        int end = slash < 0 ? raw.length() : slash;
        return new Target(slash < 0 ? "/" : raw.substring(slash), Optional.of(raw.substring(start, end)));
    }
}
