package dev.berth.model;

import java.time.Duration;

/// Waiting, as something that is given, so that a test does not have to.
public interface Pause {
    Pause REAL = Thread::sleep;

    void sleep(Duration duration) throws InterruptedException;

    /// A new alarm, for one thread that has nothing to do until somebody rings.
    default Alarm alarm() {
        return Alarm.real();
    }
}
