package dev.berth.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.ChangeRequest;
import dev.berth.containers.CreateRequest;
import dev.berth.containers.Departure;
import dev.berth.containers.Harbour;
import dev.berth.engine.FakeEngine;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Severable;
import dev.berth.engine.SpecDraft;
import dev.berth.model.Container;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Failure;
import dev.berth.model.LimitsChange;
import dev.berth.model.MemorySize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Memory is never promised twice: many clients at once create, start, stop, change and remove, containers die, others
/// start some, the engine refuses, and the server starts anew or is killed. Whatever the interleaving, what the engine
/// runs of ours
/// fits at every moment, and
/// in the end the ledger says what the engine says.
@Timeout(120)
class AdmissionPropertyTest {
    private static final int CLIENTS = 6;
    private static final int STEPS = 25;
    private static final long MEBIBYTE = 1 << 20;
    private static final Call[] FALLIBLE = {Call.CREATE, Call.START, Call.STOP, Call.CHANGE, Call.RESTART};

    /// One run of random clients.
    private static final class Run {
        final Random seeds;
        final FakeEngine engine = new FakeEngine();
        final boolean others;
        Harbour harbour;

        Run(long seed, boolean others) {
            this.seeds = new Random(seed);
            this.others = others;
            engine.imageStore().put("here");
            harbour = new Harbour(engine).open();
        }

        long capacity() {
            return harbour.admission.figures().orElseThrow().capacityBytes();
        }

        /// So that some ten containers fit.
        MemorySize size(Random random) {
            long tenth = capacity() / 10;
            return new MemorySize((tenth + random.nextLong(tenth)) / MEBIBYTE * MEBIBYTE);
        }

        Optional<Container> any(Random random) {
            List<Container> all = List.copyOf(harbour.snapshot().containers().values());
            return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
        }

        void client(Random random) {
            for (int step = 0; step < STEPS; step++) {
                try {
                    act(random);
                } catch (Failure.Refused | Failure.Conflict | Failure.NotFound | Failure.Rejected refused) {
                    // What cannot be is refused; that nothing else happens is what is looked at.
                }
                assertFits();
            }
        }

        private void act(Random random) {
            if (random.nextInt(10) == 0) engine.refuseNext(FALLIBLE[random.nextInt(FALLIBLE.length)], refusal());
            String named = any(random).map(it -> it.id().hex()).orElse("none");
            var departure = new Departure();
            switch (random.nextInt(others ? 9 : 8)) {
                case 0, 1, 2 -> harbour.create(request(random, true));
                case 3 -> harbour.create(request(random, false));
                case 4 -> harbour.containers.start(named, Duration.ZERO, departure);
                case 5 -> harbour.containers.stop(named, OptionalInt.of(0));
                case 6 -> harbour.containers.change(named, limit(size(random)), true, Duration.ZERO, departure);
                case 7 -> {
                    if (random.nextBoolean()) harbour.containers.remove(named, OptionalInt.of(0), false);
                    else harbour.containers.restart(named, OptionalInt.of(0), Duration.ZERO, departure);
                }
                default -> engine.runs(spec(random));
            }
        }

        private static Failure refusal() {
            return new Failure.Rejected("start-refused", "the engine has its moods");
        }

        private CreateRequest request(Random random, boolean start) {
            return new CreateRequest(spec(random), CreateRequest.Pull.MISSING, start, Optional.empty());
        }

        private ContainerSpec spec(Random random) {
            return SpecDraft.of("here").memory(size(random).toString()).spec();
        }

        private static ChangeRequest limit(MemorySize memory) {
            var change = new LimitsChange(Optional.of(memory), Optional.empty(), Optional.empty(), Optional.empty());
            return new ChangeRequest(false, change, Optional.empty());
        }

        /// The engine's own truth, not ours; what others have started cannot be refused.
        void assertFits() {
            if (!others) assertTrue(running() <= capacity(), () -> running() + " of " + capacity());
        }

        long running() {
            return engine.limitsOfRunning();
        }

        void inParallel() throws InterruptedException, ExecutionException {
            for (Future<?> client : clients()) client.get();
        }

        List<Future<?>> clients() {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                var random = new Random(seeds.nextLong());
                clients.add(harbour.inBackground(() -> {
                    client(random);
                    return true;
                }));
            }
            return clients;
        }

        /// By itself, or because its server was killed.
        static void ended(Future<?> client) throws InterruptedException {
            try {
                client.get();
            } catch (ExecutionException thrown) {
                assertInstanceOf(Failure.EngineDown.class, thrown.getCause(), () -> "ended by " + thrown.getCause());
            }
        }

        /// Every hold is given back and the ledger is the engine.
        void assertTrueInTheEnd() {
            Awaitility.await().until(() -> {
                harbour.ticks.wakeAll();
                MemoryFigures figures = harbour.admission.figures().orElseThrow();
                return figures.heldBytes() == 0 && figures.limitsBytes() == running();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whateverTheInterleavingWhatRunsFits(long seed) throws Exception {
        var run = new Run(seed, false);
        try (Harbour _ = run.harbour) {
            run.inParallel();
            run.assertTrueInTheEnd();
            run.assertFits();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void whatOthersStartIsCountedAndStopsTheGranting(long seed) throws Exception {
        var run = new Run(seed, true);
        try (Harbour harbour = run.harbour) {
            run.inParallel();
            run.assertTrueInTheEnd();
            MemoryFigures figures = harbour.admission.figures().orElseThrow();
            assertEquals(Math.max(0, figures.committedBytes() - figures.capacityBytes()), figures.overcommittedBytes());
            if (figures.availableBytes() == 0) {
                var any = SpecDraft.of("here").memory("6m").spec();
                assertThrows(Failure.Refused.class, () -> harbour.create(any));
            }
        }
    }

    /// Killed before a write or between its being done and its being answered, wherever the clients are; the next one
    /// must find what that has left, and promise none of it again.
    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46, 47, 48})
    void aServerKilledAtAnyWriteLeavesNothingThatTheNextOneGetsWrong(long seed) throws Exception {
        var run = new Run(seed, false);
        run.harbour.leave();
        var mortal = new Severable(run.engine);
        run.harbour = new Harbour(run.engine, mortal.view(), AdmissionSettings.DEFAULTS, true).open();
        mortal.killAfter(20 + run.seeds.nextInt(100));
        List<Future<?>> clients = run.clients();
        Awaitility.await().until(mortal::isDead);
        Harbour dead = run.harbour;
        try (Harbour next = new Harbour(run.engine, AdmissionSettings.DEFAULTS, false).open()) {
            for (Future<?> client : clients) Run.ended(client);
            dead.leave();
            run.harbour = next;
            run.assertFits();
            run.inParallel();
            run.assertTrueInTheEnd();
            run.assertFits();
            Awaitility.await("nothing stays half made").until(() -> {
                next.ticks.wakeAll();
                return run.engine.neverStarted() == 0;
            });
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34})
    void aServerThatStartsAnewFindsTheTruthAgain(long seed) throws Exception {
        var run = new Run(seed, false);
        run.inParallel();
        run.harbour.leave();
        try (Harbour next = new Harbour(run.engine, AdmissionSettings.DEFAULTS, true).open()) {
            run.harbour = next;
            run.inParallel();
            run.assertTrueInTheEnd();
            run.assertFits();
        }
    }
}
