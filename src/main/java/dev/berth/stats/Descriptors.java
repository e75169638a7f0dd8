package dev.berth.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// How many files may be kept open: a process has only so many descriptors, and one that has none left can neither
/// accept a connection nor ask the engine.
final class Descriptors {
    /// What every Linux gives a process, where it cannot be learnt.
    private static final int USUAL = 1024;

    private static final Pattern LIMIT = Pattern.compile("Max open files +(\\d+|unlimited) .*");

    private final AtomicInteger left;

    Descriptors(int most) {
        left = new AtomicInteger(most);
    }

    /// Half of what this process may have; the other half is for connections and streams.
    static Descriptors halfOf(Path limits) {
        return new Descriptors(limit(limits) / 2);
    }

    private static int limit(Path limits) {
        try (Stream<String> lines = Files.lines(limits)) {
            return lines.map(LIMIT::matcher)
                    .filter(Matcher::matches)
                    .map(it -> it.group(1))
                    .mapToInt(
                            it -> it.length() > 9 || it.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(it))
                    .findFirst()
                    .orElse(USUAL);
        } catch (IOException unknown) {
            return USUAL;
        }
    }

    boolean take() {
        return left.getAndUpdate(it -> it > 0 ? it - 1 : 0) > 0;
    }

    void give() {
        left.incrementAndGet();
    }
}
