package dev.berth.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// How an engine finds out whether a container is well. What is absent is the image's, else the engine's default.
///
/// @param disabled whether the image's check is switched off; nothing else is given then
/// @param test none keeps the image's
/// @param startPeriod how long failures do not count after the start
public record HealthCheck(
        boolean disabled,
        Optional<Test> test,
        Optional<Duration> interval,
        Optional<Duration> timeout,
        OptionalInt retries,
        Optional<Duration> startPeriod) {
    public static final HealthCheck DISABLED = new HealthCheck(
            true, Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty());

    /// A command inside the container that ends with 0 when all is well.
    ///
    /// @param shell whether it is one line for the image's shell
    /// @param words the line, or a program and its arguments
    public record Test(boolean shell, List<String> words) {}
}
