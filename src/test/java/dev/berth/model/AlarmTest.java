package dev.berth.model;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An hour of waiting that ends early, or the test does not end in time.
@Timeout(30)
class AlarmTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private final Alarm alarm = Alarm.real();

    @Test
    void whatHasRungBeforeIsHeardOnce() throws InterruptedException {
        alarm.ring();
        alarm.ring();
        alarm.await(HOUR);
        Thread second = sleeper();
        asleep(second);
        second.interrupt();
        second.join();
    }

    @Test
    void aRingEndsTheWaiting() throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            Thread sleeper = sleeper();
            alarm.ring();
            sleeper.join();
        }
        Thread sleeper = sleeper();
        asleep(sleeper);
        alarm.ring();
        sleeper.join();
    }

    @Test
    void whoIsInterruptedDoesNotWaitEvenIfItHasRung() {
        alarm.ring();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> alarm.await(HOUR));
        assertFalse(Thread.interrupted());
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> alarm.await(Duration.ZERO));
    }

    @Test
    void anInterruptEndsTheWaiting() throws InterruptedException {
        Thread sleeper = sleeper();
        asleep(sleeper);
        sleeper.interrupt();
        sleeper.join();
    }

    @Test
    void theTimeEndsTheWaiting() throws InterruptedException {
        alarm.await(Duration.ofMillis(1));
        alarm.await(Duration.ZERO);
    }

    private Thread sleeper() {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                alarm.await(HOUR);
            } catch (InterruptedException awake) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void asleep(Thread thread) {
        Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }
}
