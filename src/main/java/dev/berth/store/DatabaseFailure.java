package dev.berth.store;

import org.jspecify.annotations.Nullable;

/// The database could not be opened or used; nothing of the transaction was kept.
public final class DatabaseFailure extends RuntimeException {
    DatabaseFailure(String problem, @Nullable Throwable cause) {
        super(problem, cause);
    }
}
