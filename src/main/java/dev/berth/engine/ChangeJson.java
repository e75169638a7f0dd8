package dev.berth.engine;

import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.LimitsChange;

/// The body of an update of a container.
final class ChangeJson {
    private static final long UNLIMITED = -1;

    private ChangeJson() {}

    static Json body(LimitsChange change) {
        var body = new ObjBuilder();
        change.memory().ifPresent(it -> CreateJson.memory(it, body));
        change.cpus().ifPresent(it -> body.put("NanoCpus", it.nanos()));
        change.pids().ifPresent(it -> body.put("PidsLimit", it.limit().orElse(UNLIMITED)));
        change.restartPolicy().ifPresent(it -> body.put("RestartPolicy", CreateJson.restartPolicy(it)));
        return body.build();
    }
}
