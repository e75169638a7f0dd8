package dev.berth.web;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whoever waits for an answer, as long as they do.
final class Client {
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean gone;
    private volatile Optional<Protocol> protocol = Optional.empty();

    /// What is spoken on a connection once it is no longer HTTP.
    interface Protocol {
        /// Takes the connection over, on its event loop.
        void begin(Channel channel);
    }

    /// After the answer, which must say so, another protocol is spoken.
    void switchTo(Protocol next) {
        protocol = Optional.of(next);
    }

    Optional<Protocol> protocol() {
        return protocol;
    }

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
