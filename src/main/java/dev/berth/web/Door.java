package dev.berth.web;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Lets in only requests that are meant for this server.
///
/// A web page of somebody else can make a browser send requests here: under a name of its own that it has pointed
/// at our address (told by `Host`), or across origins (told by `Origin`). An address cannot be pointed elsewhere,
/// so every address is a name of ours.
final class Door {
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+\\]");
    private static final Pattern JSON =
            Pattern.compile("application/json\\s*(;\\s*charset=\"?utf-8\"?\\s*)?", Pattern.CASE_INSENSITIVE);

    private final Set<String> names;

    /// @param names the host names under which this server may be asked, lower case, without a port
    Door(Set<String> names) {
        this.names = names;
    }

    void check(Request.Headers headers) {
        String host = headers.first("Host").orElse("");
        if (!isOurs(withoutPort(host))) throw HttpRefusal.misdirected(host);
        headers.first("Origin").ifPresent(origin -> {
            if (!isSame(origin, host)) throw HttpRefusal.foreignOrigin(origin);
        });
    }

    /// A browser sends a password that it remembers along with whatever a foreign page links to, and no `Origin` with
    /// a plain GET; `Sec-Fetch-Site` tells it all the same.
    void checkSite(Request.Headers headers) {
        headers.first("Sec-Fetch-Site").map(it -> it.toLowerCase(Locale.ROOT)).ifPresent(site -> {
            if (site.equals("cross-site") || site.equals("same-site")) throw HttpRefusal.foreignOrigin("another site");
        });
    }

    static void checkContentType(Request.Headers headers) {
        String type = headers.first("Content-Type").orElse("");
        if (!JSON.matcher(type.strip()).matches()) throw HttpRefusal.unsupportedMediaType(type);
    }

    private boolean isOurs(String name) {
        return names.contains(name.toLowerCase(Locale.ROOT))
                || ADDRESS.matcher(name).matches();
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? host : host.substring(0, colon);
    }

    /// Same host and port; the scheme may differ, as it does behind a proxy that adds TLS.
    private static boolean isSame(String origin, String host) {
        return Optional.of(origin)
                .flatMap(Door::authority)
                .filter(it -> it.equalsIgnoreCase(host))
                .isPresent();
    }

    private static Optional<String> authority(String origin) {
        try {
            return Optional.ofNullable(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException notAnOrigin) {
            return Optional.empty();
        }
    }
}
