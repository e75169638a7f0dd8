package dev.berth.inside;

import static dev.berth.model.Output.STDERR;
import static dev.berth.model.Output.STDOUT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.containers.Harbour;
import dev.berth.engine.FakeLogs;
import dev.berth.engine.SpecDraft;
import dev.berth.model.ContainerId;
import dev.berth.model.Output;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// A container on the engine in memory that writes what a test writes, and those who read it.
final class LogBench implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(30);
    static final Duration SHORT = Duration.ofMillis(20);
    static final int SMALL_RING = 4000;

    final Harbour harbour = new Harbour();
    final FakeLogs book = harbour.engine.logBook();
    private final List<Logs> all = new ArrayList<>();
    Logs logs = harbour.logs;
    ContainerId id = new ContainerId("0".repeat(64));

    LogBench() {
        harbour.engine.imageStore().put("here");
        harbour.open();
        logs = logs(8 << 20);
        id = harbour.foreign(SpecDraft.of("here").named("web").spec());
    }

    @Override
    public void close() {
        all.forEach(Logs::close);
        harbour.close();
    }

    Logs logs(int ring) {
        var made = new Logs(
                harbour.engine, harbour.mirror, InstantSource.system(), LogBench::briefly, new Random(1), ring);
        all.add(made);
        return made;
    }

    private static void briefly(Duration duration) throws InterruptedException {
        boolean _ = new CountDownLatch(1).await(Math.min(20, duration.toMillis()), TimeUnit.MILLISECONDS);
    }

    static LogRequest everything() {
        return new LogRequest(
                false,
                false,
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Set.of(STDOUT, STDERR),
                Optional.empty());
    }

    static LogRequest following() {
        LogRequest it = everything();
        return new LogRequest(true, false, it.tail(), it.since(), it.until(), it.outputs(), it.from());
    }

    static LogRequest lossless() {
        LogRequest it = following();
        return new LogRequest(true, true, it.tail(), it.since(), it.until(), it.outputs(), it.from());
    }

    static LogRequest tail(LogRequest it, int lines, Output... outputs) {
        return new LogRequest(
                it.follow(), it.lossless(), OptionalInt.of(lines), it.since(), it.until(), Set.of(outputs), it.from());
    }

    static LogRequest behind(LogRequest it, LogPosition place) {
        return new LogRequest(
                it.follow(), it.lossless(), it.tail(), it.since(), it.until(), it.outputs(), Optional.of(place));
    }

    void write(int from, int to) {
        for (int i = from; i < to; i++) book.write(id, i % 5 == 4 ? STDERR : STDOUT, "line " + i);
    }

    static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(it -> "line " + it).toList();
    }

    /// Everything to the end, which is as told.
    List<String> read(LogRequest request, String end) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        try (LogReading reading = logs.open(id, request)) {
            while (true) {
                switch (reading.next(LONG)) {
                    case LogItem.Lines(List<LogLine> lines) -> lines.forEach(it -> texts.add(it.text()));
                    case LogItem.End(String reason) -> {
                        assertEquals(end, reason);
                        return texts;
                    }
                    case LogItem.Gap _, LogItem.Quiet _ -> throw new AssertionError("neither gap nor quiet");
                }
            }
        }
    }

    /// So many lines, without a gap.
    static List<LogLine> lines(LogReading reading, int count) throws InterruptedException {
        List<LogLine> lines = new ArrayList<>();
        while (lines.size() < count) {
            LogItem item = reading.next(LONG);
            if (!(item instanceof LogItem.Lines(List<LogLine> some))) throw new AssertionError(item);
            lines.addAll(some);
        }
        return lines;
    }

    static List<String> texts(List<LogLine> lines) {
        return lines.stream().map(LogLine::text).toList();
    }
}
