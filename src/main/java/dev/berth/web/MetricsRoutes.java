package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.metrics.Format;
import dev.berth.metrics.Metrics;
import java.util.List;
import java.util.Set;

/// `/metrics`.
final class MetricsRoutes {
    private final Metrics metrics;

    MetricsRoutes(Metrics metrics) {
        this.metrics = metrics;
    }

    List<Route> routes() {
        return List.of(Route.get("/metrics", Right.READ, Set.of(), this::metrics));
    }

    private Answer metrics(Request request) {
        Format format = Format.acceptable(request.headers().first("Accept").orElse(""));
        return Answer.text(format.contentType(), Rendered.text(metrics.text(format)))
                .with("Vary", "Accept, Accept-Encoding");
    }
}
