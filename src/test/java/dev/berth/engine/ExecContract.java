package dev.berth.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import dev.berth.model.ExecSpec;
import dev.berth.model.Failure;
import dev.berth.model.TerminalSize;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What holds of every engine when a command is run inside a container.
interface ExecContract extends ChangeContract {
    private static ExecSpec spec(boolean stdin, boolean tty, String... command) {
        return new ExecSpec(List.of(command), List.of("K=V"), Optional.empty(), Optional.empty(), stdin, tty);
    }

    private ExecState state(ExecId id) {
        return engine().execs().inspect(id).orElseThrow();
    }

    private String read(ExecStream stream) {
        var text = new StringBuilder();
        for (var next = stream.next(); next.isPresent(); next = stream.next())
            text.append(new String(next.get().bytes(), UTF_8));
        return text.toString();
    }

    @Test
    default void aCommandWritesAndEnds() {
        ContainerId container = running(sleeper());
        ExecId id = engine().execs().create(container, spec(false, false, "echo", "hello"));
        assertTrue(state(id).exitCode().isEmpty() && state(id).pid() == 0);
        try (ExecStream stream = engine().execs().start(id, false)) {
            assertEquals("hello\n", read(stream));
        }
        Awaitility.await().until(() -> !state(id).running());
        assertEquals(OptionalInt.of(0), state(id).exitCode());
        assertTrue(state(id).pid() > 0);
    }

    @Test
    default void anInputIsReadAndEnds() {
        ContainerId container = running(sleeper());
        ExecId id = engine().execs().create(container, spec(true, false, "wc", "-c"));
        try (ExecStream stream = engine().execs().start(id, false)) {
            stream.write(new byte[70_000]);
            stream.endInput();
            assertEquals("70000\n", read(stream));
        }
    }

    @Test
    default void whatDoesNotExistNeverBegins() {
        ContainerId container = running(sleeper());
        ExecId id = engine().execs().create(container, spec(false, false, "/nosuch"));
        String words;
        try (ExecStream stream = engine().execs().start(id, false)) {
            words = read(stream);
        } catch (Failure.Rejected refused) {
            assertEquals("exec-refused", refused.code());
            words = refused.engineMessage().orElseThrow();
        }
        assertTrue(words.contains("/nosuch"), words);
        Awaitility.await().until(() -> state(id).neverBegan());
    }

    @Test
    default void nothingRunsInsideWhatStandsIsPausedOrIsNotThere() {
        ContainerId container = running(sleeper());
        ExecSpec spec = spec(false, false, "echo");
        containers().pause(container);
        assertThrows(Failure.Conflict.class, () -> engine().execs().create(container, spec));
        containers().unpause(container);
        containers().stop(container, AT_ONCE);
        assertEquals(
                "not-running",
                assertThrows(Failure.Conflict.class, () -> engine().execs().create(container, spec))
                        .code());
        assertThrows(Failure.NotFound.class, () -> engine().execs().create(NOBODY, spec));
        assertTrue(engine().execs().inspect(new ExecId("0".repeat(64))).isEmpty());
    }

    @Test
    default void aCommandOutlivesItsConnectionAndItsTerminalHasASize() {
        ContainerId container = running(sleeper());
        ExecId id = engine().execs().create(container, spec(true, true, "sleep", "600"));
        ExecStream stream = engine().execs().start(id, true);
        Awaitility.await().until(() -> state(id).pid() > 0);
        engine().execs().resize(id, new TerminalSize(33, 111));
        stream.close();
        stream.close();
        assertTrue(stream.next().isEmpty());
        assertTrue(state(id).running());
    }

    @Test
    default void whatRunsInsideAContainerIsListedWithItsUser() {
        ContainerId container = running(sleeper());
        ContainerId other = running(sleeper());
        assertEquals(List.of(), engine().execs().list(container));
        var spec =
                new ExecSpec(List.of("sleep", "600"), List.of(), Optional.of("65534"), Optional.empty(), false, false);
        ExecId id = engine().execs().create(container, spec);
        try (ExecStream _ = engine().execs().start(id, false)) {
            Awaitility.await().until(() -> state(id).pid() > 0);
            assertEquals(List.of(id), engine().execs().list(container));
            assertEquals(Optional.of("65534"), state(id).user());
            assertEquals(List.of(), engine().execs().list(other));
        }
        assertEquals(List.of(id), engine().execs().list(container));
        assertEquals(List.of(), engine().execs().list(NOBODY));
    }
}
