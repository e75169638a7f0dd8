package dev.berth.updates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.app.Lab;
import dev.berth.app.Release;
import dev.berth.engine.DockerEngine;
import dev.berth.engine.Engine;
import dev.berth.engine.EngineSettings;
import dev.berth.engine.EngineTimes;
import dev.berth.model.ContainerId;
import dev.berth.model.Faults;
import dev.berth.updates.Crashes.Victim;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `UpdateCrashTest` shows, on a real engine. Always a part of it; with `BERTH_ROUNDS=4` every call,
/// before and after, for every restart policy, which takes most of an hour.
class UpdateCrashIT {
    private static final boolean ALL =
            !System.getenv().getOrDefault("BERTH_ROUNDS", "1").equals("1");
    private static Real yard;

    @BeforeAll
    static void start() {
        yard = new Real(Lab.shared().engine("u"));
    }

    @AfterAll
    static void end() {
        yard.close();
    }

    /// @param each so many halves are passed over in the part that is always run
    @ParameterizedTest
    @CsvSource({
        "SERVER, true, 1",
        "SERVER, false, 1",
        "ENGINE, true, 3",
        "ENGINE, false, 4",
        "BOTH, true, 4",
        "BOTH, false, 5",
        "DATABASE, true, 3",
        "DATABASE, false, 4"
    })
    void exactlyOneRunsWhateverDiesAndWhenever(Victim victim, boolean stands, int each) {
        var crashes = new Crashes(yard, Duration.ofMillis(300));
        List<String> policies = Crashes.POLICIES;
        int reached = 0;
        for (int halves = 1; ; halves += ALL ? 1 : each) {
            boolean any = false;
            for (String policy : ALL ? policies : List.of(policies.get(halves % policies.size())))
                any |= crashes.survives(victim, policy, stands, halves);
            if (!any) break;
            reached = halves;
        }
        int last = reached;
        assertTrue(last >= 10, () -> "only " + last + " halves were reached");
    }

    /// An engine of its own, as it is killed.
    private static final class Real implements Yard, AutoCloseable {
        private static final String STANDS = "crash/stands";
        private static final String FALLS = "crash/falls";

        private final Lab lab;
        private final DockerEngine engine;

        Real(Lab lab) {
            this.lab = lab;
            String good = "{\"Cmd\": [" + Release.HEEDFUL + "], \"Volumes\": {\"/data\": {}}, \"Env\": [\"V=%d\"]}";
            String bad =
                    "{\"Cmd\": [\"/bin/busybox\", \"sh\", \"-c\", \"echo falling; exit 3\"], \"Volumes\": {\"/data\": {}}}";
            for (String image : List.of(STANDS, FALLS)) {
                lab.docker("pull", "-q", Release.publish(lab, image + ":one", Map.of(), good.formatted(1)));
                Release.publish(lab, image + ":now", Map.of(), image.equals(STANDS) ? good.formatted(2) : bad);
            }
            EngineSettings settings = EngineSettings.read(Optional.of(lab.engine()), Map.of(), _ -> true, new Faults())
                    .orElseThrow();
            engine = DockerEngine.at(settings, new EngineTimes(System::nanoTime));
        }

        @Override
        public Engine engine() {
            return engine;
        }

        @Override
        public ContainerId lay(String policy, boolean stands) {
            lab.removeContainers();
            String image = lab.registry() + "/" + (stands ? STANDS : FALLS);
            lab.docker("tag", image + ":one", image + ":now");
            return new ContainerId(lab.docker("run", "-d", "--name", "web", "--restart", policy, image + ":now"));
        }

        @Override
        public boolean runsOld(ContainerId id) {
            String runs = lab.docker("inspect", "-f", "{{.Image}}", id.hex());
            return List.of(STANDS, FALLS).stream()
                    .map(it -> lab.docker("image", "inspect", "-f", "{{.Id}}", lab.registry() + "/" + it + ":one"))
                    .anyMatch(runs::equals);
        }

        @Override
        public void crash() {
            assertEquals(0, lab.run("lab/engine", "kill", lab.name()).code());
            Lab.Output started = lab.run("lab/engine", "start", lab.name());
            assertEquals(0, started.code(), started::text);
        }

        @Override
        public Set<String> volumes() {
            return new TreeSet<>(lab.docker("volume", "ls", "-q").lines().toList());
        }

        @Override
        public void close() {
            engine.close();
            lab.run("lab/down", lab.name());
        }
    }
}
