package dev.berth.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.mirror.HandTime;
import dev.berth.model.Alarm;
import dev.berth.model.ContainerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FileSamplerTest {
    private static final ContainerId ID = new ContainerId("a".repeat(64));
    private static final Instant LIFE = Instant.parse("2026-02-01T00:00:00Z");
    private static final long SECOND = 1_000_000_000L;

    private final HandTime time = new HandTime();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Sample> taken = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Set<String> files = new HashSet<>(Set.of("there"));
    private int opened;
    private int closed;
    private long cost;
    private boolean live;
    private final AtomicInteger rings = new AtomicInteger();
    private final Alarm alarm = new Alarm() {
        @Override
        public void await(Duration longest) throws InterruptedException {
            time.sleep(longest);
        }

        @Override
        public void ring() {
            rings.incrementAndGet();
        }
    };
    private final FileSampler sampler = new FileSampler(this::open, () -> 2, nanos::get, time, alarm, sink());

    private Optional<Probe> open(ContainerId id, int pid) {
        if (!files.contains("there")) return Optional.empty();
        opened++;
        return Optional.of(new Probe() {
            @Override
            public Reading read() throws Gone {
                if (files.contains("gone")) throw new Gone("planned");
                nanos.addAndGet(cost);
                cost = 0;
                OptionalLong none = OptionalLong.empty();
                return new Reading(
                        nanos.get(),
                        Sample.Source.CGROUP_V1,
                        nanos.get() / 2,
                        OptionalLong.of(100),
                        OptionalLong.of(90),
                        OptionalLong.of(30),
                        none,
                        none,
                        none,
                        none,
                        none,
                        none);
            }

            @Override
            public Sample.Source source() {
                return Sample.Source.CGROUP_V1;
            }

            @Override
            public void close() {
                closed++;
            }
        });
    }

    private FileSampler.Sink sink() {
        return new FileSampler.Sink() {
            @Override
            public void take(List<FileSampler.Taken> samples) {
                samples.forEach(it -> taken.add(it.sample()));
            }

            @Override
            public void notOurs(ContainerId id, Instant startedAt) {
                told.add("not ours");
            }

            @Override
            public void doubt(ContainerId id) {
                told.add("doubt");
            }

            @Override
            public boolean watched() {
                return live;
            }
        };
    }

    @BeforeEach
    void start() {
        sampler.start();
        time.awaitSleep("sampler");
    }

    @AfterEach
    void end() {
        sampler.close();
    }

    /// Quarters of a second, each with its step.
    private void steps(int quarters) {
        for (int i = 0; i < quarters; i++) {
            nanos.addAndGet(SECOND / 4);
            time.advance(Duration.ofMillis(250));
            time.wake("sampler");
            time.awaitSleep("sampler");
        }
    }

    @Test
    void aFreshContainerHasItsSecondSampleAfterOneStep() {
        sampler.follow(ID, LIFE, 7);
        steps(2);
        assertEquals(2, taken.size());
        assertEquals(OptionalDouble.empty(), taken.get(0).cpuPercent());
        assertEquals(OptionalDouble.of(50), taken.get(1).cpuPercent());
        assertEquals(OptionalLong.of(100), taken.get(1).memoryMaximum());
        assertEquals(OptionalLong.of(70), taken.get(1).workingSet());
        assertEquals(Sample.Source.CGROUP_V1, taken.get(1).source());
    }

    private Duration lastSleep() {
        return time.slept("sampler").getLast();
    }

    @Test
    void itSleepsUntilTheNextRoundOnceNothingIsFresh() {
        sampler.follow(ID, LIFE, 7);
        steps(1);
        assertEquals(Duration.ofMillis(250), lastSleep());
        steps(1);
        assertEquals(Duration.ofMillis(9750), lastSleep());
        live = true;
        steps(1);
        assertEquals(Duration.ofMillis(500), lastSleep(), "a second after the last round");
        steps(2);
        assertEquals(Duration.ofSeconds(1), lastSleep());
    }

    @Test
    void whatConcernsItWakesIt() {
        sampler.follow(ID, LIFE, 7);
        assertEquals(1, rings.get());
        steps(2);
        sampler.looked();
        assertEquals(2, rings.get(), "it sleeps for ten seconds, and somebody looks");
        steps(4);
        sampler.looked();
        assertEquals(2, rings.get(), "it samples each second already");
        sampler.end(ID);
        assertEquals(3, rings.get(), "an open file keeps a dead network alive");
        sampler.end(ID);
        assertEquals(3, rings.get());
    }

    @Test
    void anAlarmThatRangBeforeIsNotMissed() throws InterruptedException {
        Alarm real = Alarm.real();
        real.ring();
        real.ring();
        real.await(Duration.ofDays(1));
        real.await(Duration.ofMillis(1));
    }

    @Test
    void nobodyLooksAndItSamplesEachTenSeconds() {
        sampler.follow(ID, LIFE, 7);
        steps(2);
        taken.clear();
        steps(4 * 30);
        assertEquals(3, taken.size());
        assertEquals(Duration.ofSeconds(10), sampler.lastRound().interval());
    }

    @Test
    void somebodyLooksAndItSamplesEachSecondForHalfAMinute() {
        sampler.follow(ID, LIFE, 7);
        steps(4 * 11);
        taken.clear();
        sampler.looked();
        steps(1);
        assertEquals(1, taken.size(), "the first look is served at once");
        steps(4 * 20);
        assertEquals(21, taken.size());
        steps(4 * 10);
        taken.clear();
        steps(4 * 20);
        assertTrue(taken.size() <= 3, () -> taken.size() + " samples though nobody looks any more");
    }

    @Test
    void aLiveFollowerKeepsItAtEachSecond() {
        live = true;
        sampler.follow(ID, LIFE, 7);
        steps(2);
        taken.clear();
        steps(4 * 60);
        assertEquals(60, taken.size());
    }

    @Test
    void aRoundThatTakesTooLongSkipsTheNextOnes() {
        live = true;
        sampler.follow(ID, LIFE, 7);
        steps(4);
        cost = 3 * SECOND + SECOND / 2;
        long before = sampler.lastRound().skipped();
        while (sampler.lastRound().skipped() == before) steps(1);
        assertEquals(before + 3, sampler.lastRound().skipped());
        assertEquals(Optional.of(Duration.ofMillis(3500)), sampler.lastRound().cost());
        taken.clear();
        steps(4);
        assertTrue(taken.size() <= 2, "what was missed is not made up for");
    }

    @Test
    void filesThatFailAreDoubtedAndOpenedAnew() {
        live = true;
        sampler.follow(ID, LIFE, 7);
        steps(2);
        files.add("gone");
        steps(4);
        assertEquals(List.of("doubt"), told);
        assertEquals(1, closed);
        files.remove("gone");
        taken.clear();
        steps(4);
        assertEquals(2, opened);
        assertEquals(OptionalDouble.empty(), taken.getFirst().cpuPercent(), "no interval spans the gap");
    }

    @Test
    void filesThatAreNotOursAreLeftToAnotherSource() {
        files.remove("there");
        sampler.follow(ID, LIFE, 7);
        steps(12);
        assertEquals(List.of("doubt", "doubt", "not ours"), told);
        assertTrue(taken.isEmpty());
    }

    @Test
    void anEndedContainersFilesAreClosedWithinAStep() {
        sampler.follow(ID, LIFE, 7);
        steps(2);
        sampler.end(ID);
        steps(1);
        assertEquals(1, closed);
        taken.clear();
        steps(44);
        assertTrue(taken.isEmpty());
    }

    @Test
    void anotherLifeIsAnotherSeries() {
        live = true;
        sampler.follow(ID, LIFE, 7);
        steps(8);
        sampler.follow(ID, LIFE.plusSeconds(60), 8);
        taken.clear();
        steps(1);
        assertEquals(1, closed);
        assertEquals(OptionalDouble.empty(), taken.getFirst().cpuPercent());
        assertEquals(LIFE.plusSeconds(60), taken.getFirst().startedAt());
    }

    @Test
    void closingClosesEveryFile() {
        sampler.follow(ID, LIFE, 7);
        steps(2);
        sampler.close();
        org.awaitility.Awaitility.await().until(() -> closed == 1);
    }
}
