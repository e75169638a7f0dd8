package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.engine.wire.Request;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the engine is asked is counted by kind, never by id.
class EngineTimesTest {
    @ParameterizedTest
    @CsvSource({
        "/containers/json,                   /containers/json",
        "/containers/create,                 /containers/create",
        "/containers/abc/json,               /containers/{id}/json",
        "/containers/abc,                    /containers/{id}",
        "/images/host:5000/a/b:c/json,       /images/{id}/json",
        "/images/host:5000/a/b:c,            /images/{id}",
        "/distribution/a/b/json,             /distribution/{id}/json",
        "/_ping,                             /_ping",
        "/version,                           /version",
        "/plugins/x/enable,                  /other/{id}",
        "/containers/a/anything-else,        /containers/{id}"
    })
    void everyIdHasTheSameName(String path, String name) {
        assertEquals("GET " + name, EngineTimes.name("GET", path));
    }

    @Test
    void whatWasNotAnsweredHasFailed() {
        var now = new AtomicLong();
        var times = new EngineTimes(now::get);
        Request inspect = Request.get("/containers/abc/json", "inspect a container");
        try (var asking = times.begin(inspect)) {
            now.addAndGet(3_000_000);
            asking.answered();
        }
        times.begin(inspect).close();
        var figures = Objects.requireNonNull(times.figures().get("GET /containers/{id}/json"));
        assertEquals(1, figures.failed());
        assertEquals(1, figures.answered().count());
        assertEquals(3_000_000, figures.answered().nanos());
    }
}
