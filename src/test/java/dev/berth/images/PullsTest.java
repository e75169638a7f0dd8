package dev.berth.images;

import static dev.berth.mirror.MirrorBench.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.FakeEngine;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.RegistryAuth;
import dev.berth.images.Pulls.ProgressListener;
import dev.berth.images.Pulls.Waiter;
import dev.berth.model.Failure;
import dev.berth.model.ImageRef;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PullsTest {
    private static final ImageRef APP = ImageRef.parse("app:1");
    private static final Logger LOG = Logger.getLogger(Pulls.class.getName());

    static {
        LOG.setLevel(Level.OFF); // faults are planned here
    }

    private final FakeEngine engine = new FakeEngine();
    private final Pulls pulls = new Pulls(engine.images(), 3);
    private final List<String> started = new CopyOnWriteArrayList<>();

    PullsTest() {
        for (String name : List.of("app:1", "b", "c", "d", "e"))
            engine.imageStore().publish(name, 1);
    }

    @AfterEach
    void close() {
        pulls.close();
        engine.close();
    }

    @Test
    void aPullBringsItsImage() throws Exception {
        List<Double> percents = new CopyOnWriteArrayList<>();
        try (Waiter waiter = pulls.join(APP, RegistryAuth.NONE, (progress, _) -> percents.add(progress.percent()))) {
            waiter.await();
        }
        assertTrue(engine.images().inspect(APP).isPresent());
        assertEquals(99.9, percents.getLast());
    }

    @Test
    void manyWhoWantTheSameShareOnePull() throws Exception {
        Gate gate = engine.hold(Call.PULL_STEP);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 20; i++) waiters.add(join(APP));
        gate.awaitArrival();
        gate.open();
        for (Waiter waiter : waiters) waiter.await();
        assertEquals(1, engine.count(Call.PULL));
    }

    @Test
    void nothingIsRememberedAfterwards() throws Exception {
        join(APP).await();
        join(APP).await();
        assertEquals(2, engine.count(Call.PULL));
    }

    @Test
    void aPullIsNotSharedAcrossCredentials() {
        Gate gate = engine.hold(Call.PULL_STEP);
        join(APP);
        pulls.join(APP, new RegistryAuth("e30="), ProgressListener.NONE);
        gate.awaitArrivals(2);
        assertEquals(2, engine.count(Call.PULL));
        gate.open();
    }

    @Test
    void everybodyHearsWhyItFailed() {
        engine.imageStore().failAtEnd("app:1", new Failure.Rejected("pull-refused", "disk full"));
        Gate gate = engine.hold(Call.PULL_STEP);
        Waiter one = join(APP);
        Waiter other = join(APP);
        gate.open();
        assertEquals(
                "disk full", assertThrows(Failure.Rejected.class, one::await).detail());
        assertEquals(
                "disk full", assertThrows(Failure.Rejected.class, other::await).detail());
    }

    @Test
    void aFaultOfOursIsAFailureToo() {
        Waiter waiter = pulls.join(APP, RegistryAuth.NONE, (_, running) -> {
            if (running) throw new IllegalStateException("planned by this test");
        });
        assertThrows(Failure.class, waiter::await);
        assertEquals(0, engine.images().list().size());
    }

    @Test
    void oneWhoLeavesLeavesTheOthersTheirPull() throws Exception {
        Gate gate = engine.hold(Call.PULL_STEP);
        Waiter leaves = join(APP);
        Waiter stays = join(APP);
        gate.awaitArrival();
        leaves.close();
        assertThrows(Failure.Cancelled.class, leaves::await);
        gate.open();
        stays.await();
        assertTrue(engine.images().inspect(APP).isPresent());
    }

    @Test
    void whenTheLastOneLeavesTheEnginesStreamIsClosed() {
        Gate gate = engine.hold(Call.PULL_STEP);
        Waiter one = join(APP);
        Waiter other = join(APP);
        gate.awaitArrival();
        one.close();
        one.close();
        other.close();
        // The place is free again though the gate was never opened: the stream has ended.
        for (String name : List.of("b", "c", "d")) join(ImageRef.parse(name));
        gate.awaitArrivals(4);
        gate.open();
        assertTrue(engine.images().inspect(APP).isEmpty());
    }

    @Test
    void aWaitEndsWhenItsWaiterLeaves() throws Exception {
        Gate gate = engine.hold(Call.PULL_STEP);
        Waiter waiter = join(APP);
        var wait = async(() -> {
            waiter.await();
            return true;
        });
        gate.awaitArrival();
        waiter.close();
        Exception why = assertThrows(ExecutionException.class, () -> wait.get(20, TimeUnit.SECONDS));
        assertTrue(why.getCause() instanceof Failure.Cancelled);
        gate.open();
    }

    @Test
    void aNewcomerDuringACancelBeginsAnew() throws Exception {
        Gate opening = engine.hold(Call.PULL);
        Waiter first = join(APP);
        opening.awaitArrival();
        first.close();
        Waiter second = join(APP);
        opening.awaitArrivals(2);
        opening.open();
        second.await();
        assertTrue(engine.images().inspect(APP).isPresent());
    }

    @Test
    void threeRunAtATimeAndTheOthersInTheOrderOfTheirComing() {
        Gate gate = engine.hold(Call.PULL_STEP);
        Waiter a = join(APP);
        Waiter b = join(ImageRef.parse("b"));
        join(ImageRef.parse("c"));
        gate.awaitArrivals(3);
        join(ImageRef.parse("d"));
        join(ImageRef.parse("e"));
        assertEquals(3, engine.count(Call.PULL));
        a.close();
        gate.awaitArrivals(4);
        assertEquals(4, engine.count(Call.PULL));
        assertEquals("d:latest", started.getLast());
        b.close();
        gate.awaitArrivals(5);
        assertEquals("e:latest", started.getLast());
        gate.open();
    }

    @Test
    void whoLeavesTheLineIsPassedOver() {
        Gate gate = engine.hold(Call.PULL_STEP);
        Waiter a = join(APP);
        join(ImageRef.parse("b"));
        join(ImageRef.parse("c"));
        gate.awaitArrivals(3);
        Waiter d = join(ImageRef.parse("d"));
        join(ImageRef.parse("e"));
        d.close();
        assertThrows(Failure.Cancelled.class, d::await);
        a.close();
        gate.awaitArrivals(4);
        assertEquals("e:latest", started.getLast());
        gate.open();
    }

    @Test
    void aPullThatWaitsInLineIsJoinedToo() throws Exception {
        Gate gate = engine.hold(Call.PULL_STEP);
        for (String name : List.of("b", "c", "d")) join(ImageRef.parse(name));
        gate.awaitArrivals(3);
        Waiter one = join(APP);
        Waiter other = join(APP);
        one.close();
        gate.open();
        other.await();
        assertEquals(4, engine.count(Call.PULL));
    }

    @Test
    void closingCancelsWhatRunsAndWhatWaits() {
        Gate gate = engine.hold(Call.PULL_STEP);
        List<Waiter> all = new ArrayList<>();
        for (String name : List.of("app:1", "b", "c", "d", "e")) all.add(join(ImageRef.parse(name)));
        gate.awaitArrivals(3);
        pulls.close();
        for (Waiter waiter : all) assertThrows(Failure.Cancelled.class, waiter::await);
        assertEquals(3, engine.count(Call.PULL));
        eventually(() -> engine.images().list().isEmpty());
    }

    private Waiter join(ImageRef reference) {
        return pulls.join(reference, RegistryAuth.NONE, (_, running) -> {
            if (running && !started.contains(reference.toString())) started.add(reference.toString());
        });
    }

    private static <T> FutureTask<T> async(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task;
    }
}
