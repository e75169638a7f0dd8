package dev.berth.web;

import java.util.ArrayList;
import java.util.List;

/// Whoever waits for an answer, as long as they do.
final class Client {
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean gone;

    /// Runs it once the client has gone, at once if it has already. It must not wait for anything.
    void onGone(Runnable listener) {
        synchronized (this) {
            if (!gone) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    void gone() {
        List<Runnable> told;
        synchronized (this) {
            if (gone) return;
            gone = true;
            told = List.copyOf(listeners);
        }
        told.forEach(Runnable::run);
    }
}
