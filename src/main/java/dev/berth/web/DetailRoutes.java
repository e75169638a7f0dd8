package dev.berth.web;

import dev.berth.access.Right;
import dev.berth.inside.Details;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.mirror.Mirror;
import dev.berth.model.Container;
import dev.berth.model.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What the engine itself shows of a container or an image, and a container's processes.
final class DetailRoutes {
    private static final Pattern PS = Pattern.compile("[A-Za-z0-9 ,=%_:+-]{1,200}");
    private static final Set<String> NUMBERS = Set.of("pid", "ppid");

    private final Mirror mirror;
    private final Details details;

    DetailRoutes(Mirror mirror, Details details) {
        this.mirror = mirror;
        this.details = details;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/container/{id}/inspect", Right.READ, Set.of("secrets"), this::container),
                Route.get("/container/{id}/top", Right.READ, Set.of("ps_args"), this::top),
                Route.get("/image/{id...}/inspect", Right.READ, Set.of("secrets"), this::image),
                Route.get("/image/{id...}/history", Right.READ, Set.of(), this::history));
    }

    private Answer container(Request request) {
        boolean secrets = secrets(request);
        Container container = mirror.known().container(request.parameter("id"));
        return Answer.state(details.container(container.id(), secrets));
    }

    private Answer image(Request request) {
        boolean secrets = secrets(request);
        return Answer.state(
                details.image(mirror.known().image(request.parameter("id")).id(), secrets));
    }

    private Answer history(Request request) {
        return Answer.state(
                details.history(mirror.known().image(request.parameter("id")).id()));
    }

    /// Whoever may see them has to say so, too: an inspect is copied into a report sooner than it is read.
    private static boolean secrets(Request request) {
        if (!request.query().flag("secrets")) return false;
        if (request.caller().may(Right.SECRETS)) return true;
        throw new Failure.Forbidden("not-allowed", "this token may not see secret values");
    }

    private Answer top(Request request) {
        Optional<String> arguments = request.query().one("ps_args");
        if (arguments.isPresent() && !PS.matcher(arguments.get()).matches())
            throw new Failure.Invalid("ps_args", "must be arguments of ps such as aux, or -o pid,comm");
        Container container = mirror.known().container(request.parameter("id"));
        Details.Processes processes = details.processes(container.id(), arguments);
        List<Json> rows = new ArrayList<>();
        for (List<String> row : processes.rows()) rows.add(process(processes.titles(), row));
        return Answer.json(
                200,
                new ObjBuilder()
                        .put("titles", processes.titles())
                        .put("processes", new Json.Arr(rows))
                        .build());
    }

    private static Json process(List<String> titles, List<String> row) {
        var process = new ObjBuilder();
        for (int i = 0; i < row.size(); i++) {
            String key = key(titles.get(i));
            String value = row.get(i);
            boolean number = NUMBERS.contains(key) && value.matches("\\d{1,18}");
            process.put(key, number ? Json.of(Long.parseLong(value)) : Json.of(value));
        }
        return process.build();
    }

    /// `%CPU` is `cpu_percent`.
    private static String key(String title) {
        String lower = title.toLowerCase(Locale.ROOT);
        String named = lower.startsWith("%") ? lower.substring(1) + "_percent" : lower;
        return named.replaceAll("[^a-z0-9]+", "_");
    }
}
