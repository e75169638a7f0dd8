package dev.berth.updates;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineStream;
import dev.berth.engine.LogQuery;
import dev.berth.engine.LogRecord;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a container wrote last: mostly it says itself why it failed.
final class LastLines {
    private static final int LINES = 100;
    private static final int LONGEST = 2000;

    private LastLines() {}

    /// Nothing where its log driver keeps nothing.
    static List<String> of(Engine engine, ContainerId id) {
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder();
        try (EngineStream<LogRecord> log = engine.logs().read(id, LogQuery.all().tail(LINES))) {
            for (Optional<LogRecord> next = log.next(); next.isPresent(); next = log.next()) {
                if (line.length() < LONGEST) line.append(next.get().text());
                if (!next.get().whole()) continue;
                lines.add(line.substring(0, Math.min(line.length(), LONGEST)));
                line.setLength(0);
            }
            return lines;
        } catch (Failure.Conflict | Failure.NotFound nothingKept) {
            return List.of();
        }
    }
}
