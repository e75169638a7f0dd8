package dev.berth.stats;

/// Reads the counters of one life of one container from files that stay open. Used by one thread.
interface Probe extends AutoCloseable {
    /// All or nothing.
    ///
    /// @throws Gone if the container has ended, or its files are no longer its own
    Reading read() throws Gone;

    Sample.Source source();

    /// Never throws, may be called twice.
    @Override
    void close();

    /// What was read is no more: not an error, a reason to look again.
    final class Gone extends Exception {
        Gone(String why) {
            super(why, null, false, false);
        }
    }
}
