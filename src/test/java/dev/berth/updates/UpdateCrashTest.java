package dev.berth.updates;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.Engine;
import dev.berth.engine.FakeEngine;
import dev.berth.engine.SpecDraft;
import dev.berth.model.ContainerId;
import dev.berth.model.Image;
import dev.berth.updates.Crashes.Victim;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An update is broken off at every call that changes something, before it is done and after, for every restart
/// policy: exactly one of the two containers runs afterwards, under the name, and nothing else is left. On an
/// engine in memory, so that all of it takes seconds; `UpdateCrashIT` does the same on a real one.
class UpdateCrashTest {
    @ParameterizedTest
    @CsvSource({
        "SERVER, no, true", "SERVER, always, true", "SERVER, unless-stopped, true", "SERVER, on-failure:3, true",
        "SERVER, no, false", "SERVER, always, false", "SERVER, unless-stopped, false", "SERVER, on-failure:3, false",
        "ENGINE, no, true", "ENGINE, always, true", "ENGINE, unless-stopped, true", "ENGINE, on-failure:3, true",
        "ENGINE, no, false", "ENGINE, always, false", "ENGINE, unless-stopped, false", "ENGINE, on-failure:3, false",
        "BOTH, no, true", "BOTH, always, true", "BOTH, unless-stopped, true", "BOTH, on-failure:3, true",
        "BOTH, no, false", "BOTH, always, false", "BOTH, unless-stopped, false", "BOTH, on-failure:3, false",
    })
    void exactlyOneRunsWhateverDiesAndWhenever(Victim victim, String policy, boolean stands) {
        int halves = 1;
        while (survives(victim, policy, stands, halves)) halves++;
        assertTrue(halves > 10, () -> "an update has more calls than that");
    }

    @ParameterizedTest
    @CsvSource({
        "no, true", "always, true", "unless-stopped, true", "on-failure:3, true",
        "no, false", "always, false", "unless-stopped, false", "on-failure:3, false",
    })
    void withoutItsDatabaseOneOfTheTwoRunsAndTheOtherIsKeptAndNamed(String policy, boolean stands) {
        int halves = 1;
        while (survives(Victim.DATABASE, policy, stands, halves)) halves++;
        assertTrue(halves > 10, () -> "an update has more calls than that");
    }

    private static boolean survives(Victim victim, String policy, boolean stands, int halves) {
        try (var yard = new Memory()) {
            return new Crashes(yard, Duration.ofMillis(100)).survives(victim, policy, stands, halves);
        }
    }

    /// The engine in memory.
    private static final class Memory implements Yard, AutoCloseable {
        private static final String IMAGE = "lab.example/app:now";

        private final FakeEngine engine = new FakeEngine();
        private Image old = engine.imageStore().put(IMAGE);

        @Override
        public Engine engine() {
            return engine;
        }

        @Override
        public ContainerId lay(String policy, boolean stands) {
            ContainerId id = engine.runs(
                    SpecDraft.of(IMAGE).named("web").restarting(policy).spec());
            engine.imageStore().publish(IMAGE, 2);
            if (!stands) engine.endsWhenStarted(it -> it.containsKey(UpdateLabels.OPERATION));
            return id;
        }

        @Override
        public boolean runsOld(ContainerId id) {
            return engine.truth(id).imageId().equals(old.id());
        }

        @Override
        public void crash() {
            engine.crash();
            engine.comeBack();
        }

        @Override
        public Set<String> volumes() {
            return new TreeSet<>();
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
