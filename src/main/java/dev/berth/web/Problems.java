package dev.berth.web;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.Failure;
import dev.berth.model.Fault;
import java.util.ArrayList;
import java.util.List;

/// Turns failures into answers: the only lines of the program that know both. Format: RFC 9457.
final class Problems {
    private static final String RETRY_SECONDS = "2";

    private Problems() {}

    static int status(Failure failure) {
        return switch (failure) {
            case Failure.Invalid _ -> 400;
            case Failure.Forbidden _ -> 403;
            case Failure.NotFound _ -> 404;
            case Failure.Conflict _ -> 409;
            case Failure.Rejected _ -> 422;
            case Failure.Refused _ -> 429;
            case Failure.EngineNonsense _ -> 502;
            case Failure.EngineDown _, Failure.Cancelled _ -> 503;
            case Failure.EngineSlow _, Failure.Late _ -> 504;
        };
    }

    static Answer of(Failure failure, Router.Incoming in) {
        var body = body(status(failure), failure.code(), failure.detail(), in);
        failure.engineMessage().ifPresent(it -> body.put("engine_message", it));
        failure.figures().forEach((name, figure) -> body.put(name, json(figure)));
        if (failure instanceof Failure.Invalid invalid) body.put("errors", errors(invalid.faults()));
        Answer answer = Answer.problem(status(failure), body.build()).with("Cache-Control", "no-store");
        boolean later = failure instanceof Failure.EngineDown || failure instanceof Failure.Cancelled;
        return later ? answer.with("Retry-After", RETRY_SECONDS) : answer;
    }

    static Answer of(HttpRefusal refusal, Router.Incoming in) {
        String detail = String.valueOf(refusal.getMessage());
        Answer answer = Answer.problem(
                        refusal.status(),
                        body(refusal.status(), refusal.code(), detail, in).build())
                .with("Cache-Control", "no-store");
        for (Answer.Header header : refusal.headers()) answer = answer.with(header.name(), header.value());
        return refusal.closes() ? answer.closing() : answer;
    }

    static Answer internal(Router.Incoming in) {
        String detail = "an error inside Berth; the log has it under request " + in.requestId();
        return Answer.problem(500, body(500, "internal", detail, in).build()).with("Cache-Control", "no-store");
    }

    private static ObjBuilder body(int status, String code, String detail, Router.Incoming in) {
        return new ObjBuilder()
                .put("type", "/problem/" + code)
                .put("title", ProblemKinds.title(code))
                .put("status", status)
                .put("detail", detail)
                .put("instance", in.rawPath());
    }

    private static Json errors(List<Fault> faults) {
        var errors = new ArrayList<Json>();
        for (Fault fault : faults)
            errors.add(new ObjBuilder()
                    .put("field", fault.field())
                    .put("problem", fault.problem())
                    .build());
        return new Json.Arr(errors);
    }

    private static Json json(Object figure) {
        return switch (figure) {
            case Long number -> Json.of(number);
            case List<?> list -> Json.of(list.stream().map(String::valueOf).toList());
            default -> Json.of(String.valueOf(figure));
        };
    }
}
