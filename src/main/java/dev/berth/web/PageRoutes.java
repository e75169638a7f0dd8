package dev.berth.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The web page: files that need no token, since they hold nothing; what they show they ask the API for.
final class PageRoutes {
    /// Nothing but our own files runs, and nothing of them can be framed or sent elsewhere.
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private PageRoutes() {}

    static List<Route> routes() {
        return List.of(
                file("/", "index.html", "text/html; charset=utf-8"),
                file("/page.js", "page.js", "text/javascript; charset=utf-8"),
                file("/page.css", "page.css", "text/css; charset=utf-8"),
                file("/icon.svg", "icon.svg", "image/svg+xml"));
    }

    private static Route file(String path, String name, String contentType) {
        Answer answer = Answer.file(contentType, Rendered.text(read(name)))
                .with("Content-Security-Policy", POLICY)
                .with("Referrer-Policy", "no-referrer");
        return Route.open(path, _ -> answer);
    }

    private static String read(String name) {
        try (InputStream in = PageRoutes.class.getResourceAsStream("/page/" + name)) {
            if (in == null) throw new IllegalStateException("the jar lacks page/" + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
