package dev.berth.admission;

import dev.berth.model.ContainerId;

/// Memory that is promised to something under way. Whoever holds it gives it back when the mirror shows what became of
/// it; until then the larger of both counts, so there is neither a gap nor a double count.
public interface Hold extends AutoCloseable {
    /// Of nothing.
    Hold NOTHING = new Hold() {
        @Override
        public void bind(ContainerId container) {}

        @Override
        public Hold handedOn() {
            return this;
        }

        @Override
        public void close() {}
    };

    /// From now on it is this container's, which exists and does not run yet; or also this one's, if it is
    /// another's already and only one of them ever runs.
    void bind(ContainerId container);

    /// The same, in other hands: closing this one does nothing any more.
    Hold handedOn();

    /// Gives it back. May be done twice.
    @Override
    void close();
}
