package dev.berth.mirror;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.berth.engine.FakeEngine;
import dev.berth.engine.SpecDraft;
import dev.berth.model.Container;
import dev.berth.model.ContainerId;
import dev.berth.model.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whatever happens, and however little or wrongly the engine tells of it: in the end the mirror equals the engine.
@Timeout(120)
class MirrorPropertyTest {
    private static final int SEEDS = 300;
    private static final int STEPS = 60;

    @Test
    void afterAnAuditOrAResyncTheMirrorEqualsTheEngine() {
        for (int seed = 0; seed < SEEDS; seed++) {
            try (var bench = new MirrorBench(seed)) {
                new Life(bench, new Random(seed)).run(seed % 2 == 0);
            } catch (ConditionTimeoutException never) {
                fail("with seed " + seed, never);
            } catch (AssertionError wrong) {
                throw new AssertionError("with seed " + seed, wrong);
            }
        }
    }

    /// One engine's history, by chance.
    private static final class Life {
        private final MirrorBench bench;
        private final FakeEngine engine;
        private final Random random;
        private final List<ContainerId> ids = new ArrayList<>();
        private int names;
        private boolean away;

        Life(MirrorBench bench, Random random) {
            this.bench = bench;
            this.engine = bench.engine;
            this.random = random;
        }

        void run(boolean endsWithAResync) {
            engine.imageStore().put("busybox");
            bench.connected();
            for (int i = 0; i < STEPS; i++) step();
            if (away) back();
            engine.eventBus().on();
            engine.eventBus().releaseReversed();
            engine.freshLists();
            bench.awaitConnected();
            if (endsWithAResync) {
                bench.away();
                bench.back();
                bench.awaitConnected();
                assertEquals(bench.trueContainers(), bench.mirror.snapshot().containers());
                assertEquals(bench.trueImages(), bench.mirror.snapshot().images());
            } else {
                bench.tick();
                bench.audit();
            }
            MirrorBench.eventually(bench::isTrue);
        }

        private void step() {
            switch (random.nextInt(20)) {
                case 0, 1, 2 -> create();
                case 3, 4 -> any(Status.CREATED).or(() -> any(Status.EXITED)).ifPresent(this::start);
                case 5, 6, 7 -> any(Status.RUNNING).ifPresent(it -> engine.dies(it, random.nextInt(3)));
                case 8 -> any(Status.RUNNING).ifPresent(this::becomeRestarting);
                case 9, 10 -> anyAtAll().ifPresent(this::remove);
                case 11 -> image();
                case 12 -> engine.eventBus().dropNext(1 + random.nextInt(5));
                case 13 -> engine.eventBus().hold();
                case 14 -> letOut();
                case 15 -> silence();
                case 16 -> lists();
                case 17 -> come();
                default -> confirm();
            }
        }

        private void create() {
            SpecDraft draft = SpecDraft.of("busybox").named("c" + names++);
            if (random.nextBoolean()) draft.restarting("on-failure");
            if (away || random.nextBoolean()) ids.add(engine.runs(draft.spec()));
            else ids.add(engine.containers().create(draft.spec()));
        }

        private void start(ContainerId id) {
            if (!away) engine.containers().start(id);
        }

        private void remove(ContainerId id) {
            if (away) return;
            engine.containers().remove(id, true, false);
            ids.remove(id);
        }

        private void becomeRestarting(ContainerId id) {
            engine.change(id, it -> it.status = Status.RESTARTING);
            engine.eventBus().say("container", "die", id.hex());
        }

        private void image() {
            String name = "image" + random.nextInt(3);
            engine.imageStore().publish(name, random.nextInt(3));
            var image = engine.imageStore().put(name);
            if (random.nextBoolean()) engine.imageStore().tag(image.id(), "image" + random.nextInt(3));
            else if (!away && random.nextBoolean()) engine.images().remove(image.id(), true);
        }

        private void letOut() {
            if (random.nextBoolean()) engine.eventBus().release();
            else engine.eventBus().releaseReversed();
        }

        private void silence() {
            switch (random.nextInt(3)) {
                case 0 -> engine.eventBus().off();
                case 1 -> engine.eventBus().doubled();
                default -> engine.eventBus().on();
            }
        }

        private void lists() {
            if (random.nextBoolean()) engine.staleLists();
            else engine.freshLists();
        }

        private void come() {
            if (away) {
                back();
                return;
            }
            away = true;
            if (random.nextBoolean()) bench.away();
            else {
                bench.time.hold("engine follower");
                engine.goAway();
            }
        }

        private void back() {
            away = false;
            bench.back();
        }

        /// What was written is read at once, whatever events say and wherever a resync stands.
        private void confirm() {
            if (away) return;
            Optional<ContainerId> id = anyAtAll();
            if (id.isEmpty()) return;
            Container truth = engine.truth(id.get());
            assertEquals(Optional.of(truth), bench.mirror.refresh(id.get()));
            bench.time.advance(Duration.ofMillis(random.nextInt(2_000)));
        }

        private Optional<ContainerId> anyAtAll() {
            return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(random.nextInt(ids.size())));
        }

        private Optional<ContainerId> any(Status status) {
            return ids.stream()
                    .filter(it -> engine.truth(it).status() == status)
                    .skip(random.nextInt(3))
                    .findFirst();
        }
    }
}
