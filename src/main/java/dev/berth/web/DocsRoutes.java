package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.json.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;

/// The API document, and the page that shows it and sends its requests: Swagger UI, from the jar that brings it.
///
/// The page's files need no token, since they hold nothing. The document needs one, as the API does; the page asks for
/// it. Nothing of all this is kept in memory: browsers keep the large files, and few read documents.
final class DocsRoutes {
    /// Nothing but our own files runs or is asked. Swagger UI draws its arrows from `data:`.
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String YEAR = "public, max-age=31536000, immutable";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private DocsRoutes() {}

    static List<Route> routes() {
        String version = swaggerVersion();
        return List.of(
                document("/openapi.yaml", "application/yaml", () -> bytes("/openapi.yaml")),
                document("/openapi.json", "application/json", DocsRoutes::json),
                page("/docs", HTML, "docs.html", version),
                page("/docs/docs.js", SCRIPT, "docs.js", version),
                page("/docs/docs.css", STYLE, "docs.css", version),
                swagger(version, "swagger-ui-bundle.js", SCRIPT),
                swagger(version, "swagger-ui.css", STYLE));
    }

    private static Route document(String path, String contentType, Supplier<byte[]> bytes) {
        return Route.get(path, Right.READ, Set.of(), _ -> Answer.file(contentType, Rendered.of(bytes.get())));
    }

    /// Small files of ours, which may change with each version of Berth.
    private static Route page(String path, String contentType, String name, String swaggerVersion) {
        return Route.open(path, _ -> {
            String text = new String(bytes("/page/" + name), StandardCharsets.UTF_8);
            return Answer.file(contentType, Rendered.text(text.replace("{swagger-ui}", swaggerVersion)))
                    .with("Content-Security-Policy", POLICY)
                    .with("Referrer-Policy", "no-referrer");
        });
    }

    /// The version stands in the address, so what it leads to never changes.
    private static Route swagger(String version, String name, String contentType) {
        String resource = "/META-INF/resources/webjars/swagger-ui/" + version + "/" + name;
        return Route.open(
                "/docs/" + version + "/" + name,
                _ -> Answer.text(contentType, Rendered.of(bytes(resource)))
                        .with("Cache-Control", YEAR)
                        .with("Vary", "Accept-Encoding"));
    }

    private static byte[] json() {
        return Rendered.of(Yaml.read(bytes("/openapi.yaml"))).plain();
    }

    private static String swaggerVersion() {
        var properties = new Properties();
        try (InputStream in = open("/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
            properties.load(in);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return properties.getProperty("version", "");
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = open(resource)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static InputStream open(String resource) {
        InputStream in = DocsRoutes.class.getResourceAsStream(resource);
        if (in == null) throw new IllegalStateException("the class path lacks " + resource);
        return in;
    }
}
