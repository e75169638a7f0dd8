package dev.berth.web;

import dev.berth.model.Failure;
import java.util.List;

/// `/problem/<code>`: what a problem's `type` leads to.
final class ProblemRoutes {
    private ProblemRoutes() {}

    static List<Route> routes() {
        return List.of(Route.open(
                "/problem/{code}",
                request -> ProblemKinds.page(request.parameter("code"))
                        .map(page -> Answer.html(200, page))
                        .orElseThrow(() -> new Failure.NotFound(
                                "no-such-problem",
                                "no kind of problem is called '" + request.parameter("code") + "'"))));
    }
}
